namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>
/// Where servers differ from OpenAI, by their own documentation. Its documented form, with the sources, is
/// <c>docs/providers/openai-compatible.md</c>; a test compares the two.
/// </summary>
internal static class PresetQuirks
{
    private static readonly FieldQuirk OldLimit = new("max_completion_tokens", QuirkVerdict.Renamed) { SentAs = "max_tokens" };
    private static readonly FieldQuirk OneAnswer = Refused("n");
    private static readonly FieldQuirk NoLogprobs = Refused("logprobs");

    private static readonly string[] XaiReasoning = ["grok-3-mini*", "grok-4*", "grok-code*"];

    public static IReadOnlyList<FieldQuirk> Ollama { get; } =
    [
        OldLimit, OneAnswer, Refused("tool_choice", QuirkCase.ForcedCall), Dropped("logit_bias"), Dropped("user"),
    ];

    public static IReadOnlyList<FieldQuirk> LlamaCpp { get; } = [OldLimit];

    public static IReadOnlyList<FieldQuirk> Groq { get; } = [OneAnswer, NoLogprobs, Dropped("top_logprobs"), Dropped("logit_bias")];

    public static IReadOnlyList<FieldQuirk> Mistral { get; } =
    [
        OldLimit,
        new("seed", QuirkVerdict.Renamed) { SentAs = "random_seed" },
        NoLogprobs, Refused("modalities"), Refused("audio"), Refused("functions"), Refused("function_call"), Refused("web_search_options"),
        Dropped("top_logprobs"), Dropped("logit_bias"), Dropped("user"), Dropped("safety_identifier"), Dropped("store"), Dropped("service_tier"),
        Dropped("verbosity"), Dropped("prompt_cache_key"), Dropped("prompt_cache_retention"),
    ];

    public static IReadOnlyList<FieldQuirk> DeepSeek { get; } =
    [
        OldLimit, OneAnswer, Refused("response_format", QuirkCase.Schema), Dropped("seed"), Dropped("logit_bias"),
    ];

    public static IReadOnlyList<FieldQuirk> Together { get; } = [OldLimit, Refused("logprobs", QuirkCase.True)];

    public static IReadOnlyList<FieldQuirk> Xai { get; } =
    [
        Dropped("logit_bias"),
        Dropped("presence_penalty") with { Models = XaiReasoning },
        Dropped("frequency_penalty") with { Models = XaiReasoning },
        Refused("stop") with { Models = XaiReasoning },
        Dropped("reasoning_effort") with { Models = ["grok-3", "grok-4", "grok-4-*", "grok-code*"] },
    ];

    public static IReadOnlyList<FieldQuirk> Perplexity { get; } =
    [
        OldLimit, OneAnswer, NoLogprobs, Refused("response_format", QuirkCase.AnyJson), Dropped("top_logprobs"), Dropped("logit_bias"),
        Dropped("seed"), Dropped("user"), Dropped("parallel_tool_calls"),
    ];

    public static IReadOnlyList<FieldQuirk> Alibaba { get; } =
    [
        OldLimit, Refused("tool_choice", QuirkCase.RequiredCall), Dropped("logit_bias"), Dropped("user"),
    ];

    public static IReadOnlyList<FieldQuirk> Cerebras { get; } =
    [
        OneAnswer, Dropped("frequency_penalty"), Dropped("presence_penalty"), Dropped("logit_bias"), Dropped("parallel_tool_calls"),
        Dropped("service_tier"), Dropped("store"), Dropped("verbosity"), Dropped("prompt_cache_key"),
    ];

    public static IReadOnlyList<FieldQuirk> Moonshot { get; } =
    [
        new("max_tokens", QuirkVerdict.Renamed) { SentAs = "max_completion_tokens" },
        Refused("tool_choice", QuirkCase.RequiredCall),
        Refused("n") with { Models = ["kimi-*"] },
        Dropped("temperature") with { Models = ["kimi-*"] },
        Dropped("top_p") with { Models = ["kimi-*"] },
        Dropped("presence_penalty") with { Models = ["kimi-*"] },
        Dropped("frequency_penalty") with { Models = ["kimi-*"] },
    ];

    private static FieldQuirk Dropped(string field) => new(field, QuirkVerdict.Dropped);

    private static FieldQuirk Refused(string field, QuirkCase values = QuirkCase.Any) => new(field, QuirkVerdict.Refused) { Case = values };
}

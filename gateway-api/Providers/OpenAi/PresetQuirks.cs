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
    private static readonly FieldQuirk NoSound = Refused("audio");
    private static readonly FieldQuirk NoSpeech = Refused("modalities");
    private static readonly FieldQuirk NoSearch = Refused("web_search_options");
    private static readonly FieldQuirk NoOldFunctions = Refused("functions");
    private static readonly FieldQuirk NoOldFunctionCall = Refused("function_call");

    private static readonly string[] XaiReasoning = ["grok-3-mini*", "grok-4*", "grok-code*"];

    // What Gemini signs comes back from clients of Chat Completions in a member of Google's own, whoever is asked next.
    private static readonly (string, MemberChange)[] Signatures =
        [("messages.tool_calls.extra_content", MemberChange.Dropped), ("messages.extra_content", MemberChange.Dropped)];

    private static readonly (string, MemberChange)[] NoDeveloper = [("messages.role", MemberChange.SystemRole)];

    /// <summary>What no server but Google's takes.</summary>
    public static MemberTree ForeignSignatures { get; } = MemberTree.Of(Signatures);

    /// <summary>Those of OpenAI itself, whose models keep their thoughts.</summary>
    public static MemberTree OpenAiMembers { get; } = MemberTree.Of([.. Signatures, .. DroppedOfMessages("reasoning_content")]);

    /// <summary>Those of servers that know no role <c>developer</c>.</summary>
    public static MemberTree SystemRoleOnly { get; } = MemberTree.Of([.. Signatures, .. NoDeveloper]);

    public static MemberTree GroqMembers { get; } = MemberTree.Of([.. Signatures, .. DroppedOfMessages("name", "reasoning_content", "refusal", "annotations", "audio")]);

    public static MemberTree MistralMembers { get; } = MemberTree.Of(
    [
        .. Signatures, .. NoDeveloper,
        .. DroppedOfMessages("name", "reasoning_content", "reasoning", "refusal", "annotations", "audio", "function_call"),
        ("messages.tool_calls.id", MemberChange.CallId), ("messages.tool_call_id", MemberChange.CallId), ("tools.function", MemberChange.NeedsParameters),
    ]);

    public static MemberTree CerebrasMembers { get; } = MemberTree.Of(
        [.. Signatures, .. DroppedOfMessages("reasoning_content", "refusal", "annotations", "audio", "function_call")]);

    public static MemberTree TogetherMembers { get; } = MemberTree.Of(
    [
        .. Signatures, .. NoDeveloper, .. DroppedOfMessages("reasoning_content", "refusal", "annotations", "audio"),
        ("messages.content.image_url.detail", MemberChange.Dropped), ("tools.function.strict", MemberChange.Dropped),
    ]);

    public static MemberTree PerplexityMembers { get; } = MemberTree.Of(
    [
        .. Signatures, .. NoDeveloper, .. DroppedOfMessages("name", "reasoning_content", "refusal", "annotations", "audio", "function_call"),
        ("messages.content.image_url.detail", MemberChange.Dropped),
    ]);

    public static IReadOnlyList<FieldQuirk> Ollama { get; } =
    [
        OldLimit, OneAnswer, Refused("tool_choice", QuirkCase.ForcedCall), Dropped("logit_bias"), Dropped("user"),
    ];

    public static IReadOnlyList<FieldQuirk> LlamaCpp { get; } = [OldLimit];

    public static IReadOnlyList<FieldQuirk> Groq { get; } =
    [
        OneAnswer, NoLogprobs, NoSpeech, NoSound, NoSearch, Dropped("top_logprobs"), Dropped("logit_bias"), Dropped("safety_identifier"), Dropped("store"),
        Dropped("metadata"), Dropped("service_tier") with { Taken = ["auto", "on_demand", "flex", "performance"] },
        Dropped("reasoning_effort") with { Taken = ["none", "default", "low", "medium", "high"] },
        Dropped("verbosity"), Dropped("prediction"), Dropped("prompt_cache_key"), Dropped("prompt_cache_retention"),
    ];

    public static IReadOnlyList<FieldQuirk> Mistral { get; } =
    [
        OldLimit,
        new("seed", QuirkVerdict.Renamed) { SentAs = "random_seed" },
        NoLogprobs, NoSpeech, NoSound, NoOldFunctions, NoOldFunctionCall, NoSearch,
        Dropped("top_logprobs"), Dropped("logit_bias"), Dropped("user"), Dropped("safety_identifier"), Dropped("store"),
        Dropped("service_tier") with { Taken = ["auto", "standard_only"] }, Dropped("verbosity"), Dropped("prompt_cache_retention"),
    ];

    public static IReadOnlyList<FieldQuirk> DeepSeek { get; } =
    [
        OldLimit, OneAnswer, Refused("response_format", QuirkCase.Schema), Dropped("seed"), Dropped("logit_bias"),
    ];

    public static IReadOnlyList<FieldQuirk> Together { get; } =
    [
        OldLimit, Refused("logprobs", QuirkCase.True), NoSpeech, NoSound, NoOldFunctions, NoSearch, Dropped("top_logprobs"), Dropped("user"),
        Dropped("safety_identifier"), Dropped("store"), Dropped("metadata"), Dropped("service_tier"), Dropped("reasoning_effort") with { Taken = ["low", "medium", "high"] },
        Dropped("parallel_tool_calls"), Dropped("verbosity"), Dropped("prediction"), Dropped("prompt_cache_key"), Dropped("prompt_cache_retention"),
    ];

    public static IReadOnlyList<FieldQuirk> OpenRouter { get; } =
    [
        OneAnswer, NoOldFunctions, NoOldFunctionCall, Dropped("safety_identifier"), Dropped("store"), Dropped("prompt_cache_retention"),
    ];

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
        OldLimit, OneAnswer, NoLogprobs, Refused("response_format", QuirkCase.AnyJson), NoSpeech, NoSound, NoOldFunctions, NoOldFunctionCall,
        Dropped("top_logprobs"), Dropped("logit_bias"), Dropped("seed"), Dropped("user"), Dropped("safety_identifier"), Dropped("store"), Dropped("metadata"),
        Dropped("service_tier"), Dropped("reasoning_effort") with { Taken = ["minimal", "low", "medium", "high"] }, Dropped("parallel_tool_calls"), Dropped("verbosity"),
        Dropped("prediction"), Dropped("prompt_cache_key"), Dropped("prompt_cache_retention"),
    ];

    public static IReadOnlyList<FieldQuirk> Alibaba { get; } =
    [
        OldLimit, Refused("tool_choice", QuirkCase.RequiredCall), Dropped("logit_bias"), Dropped("user"),
    ];

    public static IReadOnlyList<FieldQuirk> Cerebras { get; } =
    [
        NoSpeech, NoSound, NoOldFunctions, NoOldFunctionCall, NoSearch, Dropped("safety_identifier"), Dropped("store"), Dropped("metadata"),
        Dropped("service_tier") with { Taken = ["auto", "default", "flex", "priority"] },
        Dropped("reasoning_effort") with { Taken = ["none", "low", "medium", "high"] }, Dropped("verbosity"), Dropped("prompt_cache_retention"),
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

    private static IEnumerable<(string, MemberChange)> DroppedOfMessages(params IEnumerable<string> names) =>
        names.Select(static name => ("messages." + name, MemberChange.Dropped));
}

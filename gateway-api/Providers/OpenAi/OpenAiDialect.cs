using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>What sets one server that speaks OpenAI's form apart from another.</summary>
internal sealed record OpenAiDialect(string Type)
{
    private const string OpenAiHost = "api.openai.com";
    private const ModelCapabilities ChatOnly =
        ModelCapabilities.Chat | ModelCapabilities.Tools | ModelCapabilities.Vision | ModelCapabilities.Json | ModelCapabilities.Streaming;

    // The first of Azure's dated versions that has Responses.
    private const string FirstAzureVersion = "2025-03-01-preview";

    /// <summary>Where the API begins; <see langword="null"/>: configuration must say.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Whether it cannot work without a key.</summary>
    public bool NeedsKey { get; init; } = true;

    /// <summary>The header that takes the bare key; <see langword="null"/>: <c>Authorization: Bearer</c>.</summary>
    public string? KeyHeader { get; init; }

    /// <summary>Whether it takes <c>stream_options</c>. One that does not tells the usage in any case.</summary>
    public bool TakesStreamOptions { get; init; } = true;

    /// <summary>What it calls the longest answer.</summary>
    public string MaxTokensMember { get; init; } = "max_tokens";

    /// <summary>Fields that it takes in another way than OpenAI, or not at all.</summary>
    public IReadOnlyList<FieldQuirk> Quirks { get; init; } = [];

    /// <summary>Members within the fields that it takes in another way.</summary>
    public MemberTree Changes { get; init; } = PresetQuirks.ForeignSignatures;

    /// <summary>How many letters and digits an id of a tool call must have; 0: any text will do.</summary>
    public int CallIdLength { get; init; }

    /// <summary>
    /// The member of an assistant's message in which it wants its thoughts back, since it refuses calls without them;
    /// <see langword="null"/>: it wants none.
    /// </summary>
    public string? ThoughtsMember { get; init; }

    /// <summary>A path that shows whether it answers and takes the key: its list of models, where there is one.</summary>
    public string HealthPath { get; init; } = "models";

    /// <summary>How many inputs a request for embeddings may have: OpenAI's own limit, unless the service says less.</summary>
    public int MostEmbeddingInputs { get; init; } = 2048;

    /// <summary>Whether paths follow Azure: <c>openai/v1</c>, or a deployment's where an API version is configured.</summary>
    public bool HasAzurePaths { get; init; }

    /// <summary>Whether the service at <see cref="BaseUrl"/> has Responses, so that entries need not say so.</summary>
    public bool HasResponses { get; init; }

    /// <summary>What any of its models can do at most.</summary>
    public ModelCapabilities Capabilities { get; init; } =
        ModelDefinition.DefaultCapabilities | ModelDefinition.DeclaredCapabilities | ModelCapabilities.Responses;

    /// <summary>Whether a model is asked over Responses where the client speaks it.</summary>
    /// <remarks>
    /// An entry can say so itself. One that lists nothing is asked so at the preset's own service only: a server of the
    /// type <c>openai</c> elsewhere may have Chat Completions alone.
    /// </remarks>
    public bool SpeaksResponses(UpstreamTarget target)
    {
        var listed = target.Entry.Capabilities;
        return (Capabilities & ModelCapabilities.Responses) != 0
            && ((listed & ModelCapabilities.Responses) != 0 || (HasResponses && listed == ModelDefinition.DefaultCapabilities && IsHome(target)));
    }

    /// <summary>Every preset.</summary>
    public static IReadOnlyList<OpenAiDialect> Presets { get; } =
    [
        // Any server that is compatible: without a key it may be one of the caller's own network.
        new("openai")
        {
            BaseUrl = $"https://{OpenAiHost}/v1",
            NeedsKey = false,
            MaxTokensMember = "max_completion_tokens",
            HasResponses = true,
            Changes = PresetQuirks.OpenAiMembers,
        },
        new("azure-openai") { KeyHeader = "api-key", HasAzurePaths = true, MaxTokensMember = "max_completion_tokens", HasResponses = true, Changes = PresetQuirks.OpenAiMembers },
        new("ollama") { BaseUrl = "http://127.0.0.1:11434/v1", NeedsKey = false, Quirks = PresetQuirks.Ollama, Changes = PresetQuirks.SystemRoleOnly },
        new("vllm") { BaseUrl = "http://127.0.0.1:8000/v1", NeedsKey = false },

        // Its usual port is our own: an address that must be given cannot lead back here.
        new("llama-cpp") { NeedsKey = false, Quirks = PresetQuirks.LlamaCpp, Changes = PresetQuirks.SystemRoleOnly },
        new("groq")
        {
            BaseUrl = "https://api.groq.com/openai/v1",
            TakesStreamOptions = false, // its streams end with 'x_groq.usage'
            MaxTokensMember = "max_completion_tokens",
            Quirks = PresetQuirks.Groq,
            Changes = PresetQuirks.GroqMembers,
            Capabilities = ChatOnly | ModelCapabilities.Audio | ModelCapabilities.Responses,
        },
        new("mistral")
        {
            BaseUrl = "https://api.mistral.ai/v1",
            TakesStreamOptions = false, // refuses members it does not know, with 422
            Quirks = PresetQuirks.Mistral,
            Changes = PresetQuirks.MistralMembers,
            CallIdLength = 9,
            Capabilities = ChatOnly | ModelCapabilities.Embeddings | ModelCapabilities.Audio | ModelCapabilities.Moderations,
        },
        new("deepseek")
        {
            BaseUrl = "https://api.deepseek.com/v1",
            Quirks = PresetQuirks.DeepSeek,
            Changes = PresetQuirks.SystemRoleOnly,
            ThoughtsMember = "reasoning_content",
            Capabilities = ChatOnly & ~ModelCapabilities.Vision,
        },
        new("together")
        {
            BaseUrl = "https://api.together.ai/v1",
            TakesStreamOptions = false,
            Quirks = PresetQuirks.Together,
            Changes = PresetQuirks.TogetherMembers,
        },
        new("openrouter") { BaseUrl = "https://openrouter.ai/api/v1", Quirks = PresetQuirks.OpenRouter },
        new("xai") { BaseUrl = "https://api.x.ai/v1", MaxTokensMember = "max_completion_tokens", HasResponses = true, Quirks = PresetQuirks.Xai },
        new("perplexity")
        {
            BaseUrl = "https://api.perplexity.ai",
            HealthPath = "async/chat/completions", // has no list of models
            TakesStreamOptions = false,
            Quirks = PresetQuirks.Perplexity,
            Changes = PresetQuirks.PerplexityMembers,
            Capabilities = ChatOnly & ~ModelCapabilities.Tools,
        },
        new("alibaba")
        {
            BaseUrl = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
            Quirks = PresetQuirks.Alibaba,
            Changes = PresetQuirks.SystemRoleOnly,
            Capabilities = ChatOnly | ModelCapabilities.Embeddings,
            MostEmbeddingInputs = 10, // text-embedding-v3 and later
        },
        new("cerebras")
        {
            BaseUrl = "https://api.cerebras.ai/v1",
            MaxTokensMember = "max_completion_tokens",
            Quirks = PresetQuirks.Cerebras,
            Changes = PresetQuirks.CerebrasMembers,
            Capabilities = ChatOnly | ModelCapabilities.Completions,
        },
        new("moonshot")
        {
            BaseUrl = "https://api.moonshot.ai/v1",
            MaxTokensMember = "max_completion_tokens",
            Quirks = PresetQuirks.Moonshot,
            Changes = PresetQuirks.SystemRoleOnly,
            ThoughtsMember = "reasoning_content",
            Capabilities = ChatOnly,
        },
    ];

    private static readonly OpenAiDialect Elsewhere = Presets[0] with { Changes = MemberTree.Of() };

    /// <summary>
    /// How a server of the type is spoken to. One of the type <c>openai</c> elsewhere may be Google's own, which takes its
    /// signatures back: there everything goes through.
    /// </summary>
    public OpenAiDialect At(Uri baseUri) =>
        Type == "openai" && !string.Equals(baseUri.Host, OpenAiHost, StringComparison.OrdinalIgnoreCase) ? Elsewhere : this;

    private bool IsHome(UpstreamTarget target) => HasAzurePaths
        ? target.Definition.ApiVersion is not { } version || string.CompareOrdinal(version, FirstAzureVersion) >= 0
        : BaseUrl is { } url && new Uri(url).Host == target.BaseUri.Host;
}

using ProxyCluster.GatewayApi.Providers.Anthropic;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// What a model takes beyond the fields that all models take, by the maker in its name: <c>us.anthropic.claude-…</c>,
/// <c>amazon.nova-…</c>, or an ARN that ends in one. An ARN of a profile with a name of its own tells no maker: such a
/// model is taken to know what current ones do, and gets no field of a maker's own.
/// </summary>
internal readonly struct BedrockModel
{
    private static readonly string[] OlderWithoutSchemas =
        ["meta.", "cohere.", "ai21.", "amazon.titan", "deepseek.r1", "mistral.mistral-7b", "mistral.mixtral", "mistral.mistral-large-24", "mistral.mistral-small-24", "mistral.pixtral-large-25"];

    private readonly string _name;

    private BedrockModel(string name)
    {
        _name = name;
        Claude = IsClaude ? ClaudeVersion.Parse(name) : null;
    }

    /// <summary>The version, of Anthropic's models; <see langword="null"/>: it is none of them.</summary>
    public ClaudeVersion? Claude { get; }

    public bool IsClaude => Has("anthropic.");

    public bool IsNova => Has("amazon.nova");

    /// <summary>Amazon's second Nova, which reasons.</summary>
    public bool IsNovaTwo => Has("amazon.nova-2");

    public bool IsMistral => Has("mistral.");

    public bool IsCohere => Has("cohere.");

    /// <summary>OpenAI's open models.</summary>
    public bool IsGptOss => Has("openai.");

    /// <summary>Nothing is known but that the account has it.</summary>
    public bool IsUnknown => !_name.Contains('.', StringComparison.Ordinal);

    /// <summary><c>outputConfig.textFormat</c> and strict tools.</summary>
    public bool HasStructuredOutputs
    {
        get
        {
            var model = this;
            return Claude is { } version
                ? version.HasStructuredOutputs
                : !IsNova && !OlderWithoutSchemas.Any(maker => model.Has(maker));
        }
    }

    /// <summary>Whether a tool can be forced on it; documented for Claude 3 and Nova.</summary>
    public bool TakesToolChoice => IsClaude || IsNova;

    /// <summary><c>cachePoint</c> in messages and system prompts.</summary>
    public bool TakesCachePoints => IsClaude || IsNova || IsUnknown;

    /// <summary><c>cachePoint</c> among tools, and with a lifetime.</summary>
    public bool TakesEveryCachePoint => IsClaude || IsUnknown;

    /// <summary>Whether it takes its own thoughts back.</summary>
    public bool TakesThoughts => IsClaude || IsUnknown;

    /// <summary>Whether results of tools may tell that they failed.</summary>
    public bool TakesToolStatus => IsClaude || IsNova || IsUnknown;

    /// <summary>Reads a model's id.</summary>
    public static BedrockModel Parse(string id) => new(id[(id.LastIndexOf('/') + 1)..]);

    // A region's prefix may stand before the maker: us., eu., apac., global.
    private bool Has(string maker)
    {
        var place = _name.IndexOf(maker, StringComparison.OrdinalIgnoreCase);
        return place == 0 || (place > 0 && _name[place - 1] == '.');
    }
}

namespace ProxyCluster.Core.Tokens;

/// <summary>Which tokenizer a model has.</summary>
/// <remarks>
/// OpenAI publishes its encodings. Of the others none is both public and loadable without a download: they are estimated
/// by what o200k_base counts, times a factor of the model's family.
/// </remarks>
public static class TokenCounters
{
    private static readonly EncodingCounter O200kBase = new("o200k_base", isO200k: true);
    private static readonly EncodingCounter Cl100kBase = new("cl100k_base", isO200k: false);

    private static readonly TokenCounter Cl100k = new("cl100k_base", Cl100kBase, 1, 0);

    private static readonly (string Part, TokenCounter Counter)[] Families =
    [
        ("claude", new TokenCounter("claude", O200kBase, 1.18, 0.25)),
        ("gemini", new TokenCounter("gemini", O200kBase, 1.05, 0.20)),
        ("gemma", new TokenCounter("gemini", O200kBase, 1.05, 0.20)),
        ("mistral", new TokenCounter("mistral", O200kBase, 1.10, 0.25)),
        ("mixtral", new TokenCounter("mistral", O200kBase, 1.10, 0.25)),
        ("codestral", new TokenCounter("mistral", O200kBase, 1.10, 0.25)),
        ("nova", new TokenCounter("nova", O200kBase, 1.15, 0.25)),
        ("command", new TokenCounter("cohere", O200kBase, 1.05, 0.20)),
        ("deepseek", new TokenCounter("deepseek", O200kBase, 1.05, 0.20)),
        ("qwen", new TokenCounter("qwen", O200kBase, 1.05, 0.20)),
        ("llama", new TokenCounter("llama", O200kBase, 1.05, 0.20)),
        ("grok", new TokenCounter("grok", O200kBase, 1.05, 0.20)),
    ];

    private static readonly string[] O200kModels =
    [
        "gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-6", "gpt-oss", "chatgpt", "o1", "o3", "o4", "computer-use", "codex",
    ];

    private static readonly string[] Cl100kModels = ["gpt-4", "gpt-3.5", "gpt-35", "text-embedding-"];

    /// <summary>For models that nothing is known of.</summary>
    public static TokenCounter Unknown { get; } = new("unknown", O200kBase, 1.10, 0.30);

    /// <summary>The encoding of OpenAI's newer models.</summary>
    public static TokenCounter O200k { get; } = new("o200k_base", O200kBase, 1, 0);

    /// <summary>The counter of a model.</summary>
    /// <param name="model">Its name as the provider knows it, with or without a publisher before a slash or a dot.</param>
    public static TokenCounter For(string model)
    {
        var name = model.AsSpan()[(model.LastIndexOf('/') + 1)..];
        if (BeginsWithAny(name, O200kModels))
        {
            return O200k;
        }

        if (BeginsWithAny(name, Cl100kModels))
        {
            return Cl100k;
        }

        foreach (var (part, counter) in Families)
        {
            if (model.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return counter;
            }
        }

        return Unknown;
    }

    private static bool BeginsWithAny(ReadOnlySpan<char> name, string[] beginnings)
    {
        foreach (var beginning in beginnings)
        {
            if (name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}

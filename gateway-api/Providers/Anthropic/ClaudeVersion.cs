namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// The generation of a model, read from its name (<c>claude-3-7-sonnet-…</c>, <c>claude-opus-4-1-…</c>), for what only
/// some generations take. A name that tells no version is taken for a current one.
/// </summary>
internal readonly record struct ClaudeVersion(int Major, int Minor)
{
    private static readonly ClaudeVersion Current = new(int.MaxValue, 0);

    /// <summary><c>output_config.format</c> and strict tools.</summary>
    public bool HasStructuredOutputs => IsAtLeast(4, 5);

    /// <summary>Thinking with a budget; before this there is none.</summary>
    public bool Thinks => IsAtLeast(3, 7);

    /// <summary>Thinking without a budget, guided by <c>output_config.effort</c>.</summary>
    public bool ThinksAdaptively => IsAtLeast(4, 6);

    /// <summary>
    /// <c>temperature</c>, <c>top_p</c>, <c>top_k</c> and thinking with a budget: from 4.7 on they are refused. Of a name
    /// that tells no version it is not known, and what the client says goes on.
    /// </summary>
    public bool TakesSampling => this == Current || !IsAtLeast(4, 7);

    /// <summary>Reads a model's name, with whatever a platform puts before it.</summary>
    public static ClaudeVersion Parse(string model)
    {
        var start = model.IndexOf("claude-", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return Current;
        }

        var major = -1;
        var name = model.AsSpan(start);
        foreach (var range in name.SplitAny('-', '.', '@', ':'))
        {
            // Longer runs of digits are dates.
            var part = name[range];
            var isNumber = part.Length is 1 or 2 && int.TryParse(part, out _);
            if (major >= 0)
            {
                return new ClaudeVersion(major, isNumber ? int.Parse(part) : 0);
            }

            major = isNumber ? int.Parse(part) : major;
        }

        return major >= 0 ? new ClaudeVersion(major, 0) : Current;
    }

    private bool IsAtLeast(int major, int minor) => Major > major || (Major == major && Minor >= minor);
}

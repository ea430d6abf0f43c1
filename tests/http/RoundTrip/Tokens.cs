namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>What an answer is said to have cost.</summary>
/// <param name="Prompt">All of the prompt.</param>
/// <param name="CacheRead">Of the prompt: read from the provider's cache.</param>
/// <param name="CacheWrite">Of the prompt: written to it; <see langword="null"/>: the client has no word for it.</param>
/// <param name="Completion">All of the answer.</param>
/// <param name="Reasoning">Of the answer: thoughts.</param>
internal sealed record Tokens(long Prompt, long CacheRead, long? CacheWrite, long Completion, long Reasoning)
{
    public const int Uncached = 11;
    public const int Read = 5;
    public const int Written = 3;
    public const int Said = 7;
    public const int Thought = 4;

    /// <summary>Those of every scripted answer, as far as a provider tells them apart.</summary>
    public static Tokens Told(bool read, bool written, bool thought) =>
        new(Uncached + Read + (written ? Written : 0), read ? Read : 0, written ? Written : 0, Said + Thought, thought ? Thought : 0);

    /// <summary>The buckets that are told besides the sums, as the table has them.</summary>
    public string Names => string.Join(", ", new[] { CacheRead > 0 ? "cached" : "", CacheWrite > 0 ? "written" : "", Reasoning > 0 ? "reasoning" : "" }.Where(static name => name.Length > 0));
}

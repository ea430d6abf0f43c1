using System.Collections.Frozen;

namespace ProxyCluster.Core.Secrets;

/// <summary>
/// Headers whose values are no secrets, whoever sends them: what is asked for, and who asks. Of every other header that an
/// operator adds to requests nobody knows, so that it is treated as a key is.
/// </summary>
public static class PublicHeaders
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "accept", "accept-language", "user-agent", "referer", "http-referer", "x-title", "x-openrouter-title", "x-openrouter-categories",
        "openai-organization", "openai-project", "openai-beta", "anthropic-version", "anthropic-beta", "x-goog-user-project", "x-client-name");

    /// <summary>Whether a header is one of them.</summary>
    /// <param name="name">Its name, in any case.</param>
    public static bool Contains(string name) => Names.Contains(name);
}

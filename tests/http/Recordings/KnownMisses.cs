namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Recordings whose expectation is not met, with what differs and why it has to.</summary>
internal static class KnownMisses
{
    private static readonly Dictionary<string, string> Differences = new(StringComparer.Ordinal)
    {
        // The manifest leaves out what stands in citationsContent. It is a part of the model's text, and a stream gives it as such.
        ["aws-bedrock-015"] = "text: ",
    };

    public static IEnumerable<string> Ids => Differences.Keys;

    /// <summary>Whether a difference is the known one.</summary>
    public static bool Has(Recording recording, string difference) =>
        Differences.TryGetValue(recording.Id, out var start) && difference.StartsWith(start, StringComparison.Ordinal);
}

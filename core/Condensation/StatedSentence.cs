namespace ProxyCluster.Core.Condensation;

/// <summary>What a sentence states, in a language that is known.</summary>
internal sealed class StatedSentence
{
    /// <summary>Its words of weight, each once; below 0: words that the source does not have.</summary>
    public HashSet<int> Terms { get; } = [];

    /// <summary>Its numbers in words.</summary>
    public HashSet<string> Numbers { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it says that something is not so.</summary>
    public bool IsDenied { get; set; }
}

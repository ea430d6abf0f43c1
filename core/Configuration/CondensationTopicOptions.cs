namespace ProxyCluster.Core.Configuration;

/// <summary>What tells a topic of <c>semantic</c>.</summary>
public sealed class CondensationTopicOptions
{
    /// <summary>Words that a message of the topic has, one of them at least. Default none.</summary>
    public IList<string> Words { get; } = [];
}

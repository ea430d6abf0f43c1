namespace ProxyCluster.Core.Configuration;

/// <summary>Which models or aliases take over from an alias, in order, by what went wrong. None of them: the failure is final.</summary>
public sealed class AliasFallbackOptions
{
    /// <summary>When the request is longer than the model's context.</summary>
    public IList<string> ContextTooLong { get; } = [];

    /// <summary>When a provider's content filter withholds the request.</summary>
    public IList<string> ContentFilter { get; } = [];

    /// <summary>When the providers' own limits are reached.</summary>
    public IList<string> RateLimited { get; } = [];

    /// <summary>When nobody can be asked or every attempt has failed, and for each kind above that has no list of its own.</summary>
    public IList<string> Any { get; } = [];
}

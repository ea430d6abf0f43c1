using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Regions;

namespace ProxyCluster.Core.Routing;

/// <summary>What the choice of a provider depends on, besides the model.</summary>
/// <param name="Required">What the model must be able to do. <see cref="ModelCapabilities.Streaming"/> makes the scores of streams count.</param>
/// <param name="PromptTokens">Estimated; 0: not known.</param>
/// <param name="OutputTokens">Estimated, or the client's limit; 0: not known.</param>
public readonly record struct PickRequest(ModelCapabilities Required, int PromptTokens, int OutputTokens)
{
    /// <summary>The provider that alone may serve, by name; <see langword="null"/>: any.</summary>
    public string? OnlyProvider { get; init; }

    /// <summary>Rules out what the caller may not use; <see langword="null"/>: it may use everything.</summary>
    public ICandidateFilter? Filter { get; init; }

    /// <summary>Where the client is, as far as it is known; <see langword="null"/>: not known.</summary>
    public GeoPoint? Client { get; init; }

    /// <summary>Stands for the tenant and the beginning of its conversation; <see langword="null"/>: not known, or not asked for.</summary>
    public ulong? Prefix { get; init; }

    /// <summary>Whether it is to be spared what may fail: it probes a half-open circuit only where no other request comes in time.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>Whether a stream is asked for.</summary>
    public bool IsStreamed => (Required & ModelCapabilities.Streaming) != 0;

    /// <summary>Prompt and answer together.</summary>
    public long TotalTokens => (long)PromptTokens + OutputTokens;
}

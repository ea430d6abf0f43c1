using ProxyCluster.Core.Providers;

namespace ProxyCluster.Grains.Providers;

/// <summary>What the provider grain stores.</summary>
[GenerateSerializer, Alias("pc.provider-state")]
internal sealed class ProviderState
{
    /// <summary>The definition in force; <see langword="null"/>: there is none, or it was removed.</summary>
    [Id(0)] public ProviderDefinition? Definition { get; set; }

    /// <summary>
    /// The last version given out. Outlives a removal, so that a provider made anew never has an ETag that an old
    /// client still holds.
    /// </summary>
    [Id(1)] public long LastVersion { get; set; }
}

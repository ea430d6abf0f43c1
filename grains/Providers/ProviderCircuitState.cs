using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.Grains.Providers;

/// <summary>What the provider grain stores of its circuit, apart from the definition: neither's writes can hinder the other's.</summary>
[GenerateSerializer, Alias("pc.provider-circuit-state")]
internal sealed class ProviderCircuitState
{
    /// <summary>The last opening or closing; <see langword="null"/>: there was none.</summary>
    [Id(0)] public CircuitRecord? Circuit { get; set; }
}

using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Asks a provider whether it is well, by the way that traffic takes. Implemented over the upstream connections, and by tests.</summary>
internal interface IProviderProber
{
    /// <summary>Sends the adapter's health check, for at most <c>Routing:Health:TimeoutSeconds</c>. A provider that does not answer is a result, not an exception.</summary>
    /// <param name="definition">The provider.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    Task<ProbeResult> ProbeAsync(ProviderDefinition definition, CancellationToken cancellationToken);
}

/// <summary>What a health check found.</summary>
/// <param name="Healthy">Whether the provider answered, and took our key.</param>
/// <param name="ResponseTime">From the request to the last byte of the answer, or to the failure.</param>
/// <param name="Detail">For operators: a status, or why there was none. Holds neither a key nor a header.</param>
internal readonly record struct ProbeResult(bool Healthy, TimeSpan ResponseTime, string Detail)
{
    /// <summary>The same as an attempt's: a provider that has no such check rejects it, and is not called ill for that.</summary>
    public AttemptOutcome Outcome { get; init; }
}

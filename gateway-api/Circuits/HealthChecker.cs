using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>Checks a provider with the cluster's leave, and reports what was found as an outcome of its own kind.</summary>
internal sealed class HealthChecker(IProviderProber prober, IOutcomeSink outcomes, CircuitMetrics metrics)
{
    /// <summary>Checks once. A provider that does not answer is an outcome, not an exception.</summary>
    /// <param name="definition">The provider.</param>
    /// <param name="permit">The permit's number.</param>
    /// <param name="cancellationToken">Stops waiting; then nothing is reported, and the permit ends by itself.</param>
    public async Task CheckAsync(ProviderDefinition definition, long permit, CancellationToken cancellationToken)
    {
        var result = await prober.ProbeAsync(definition, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        metrics.Checked(definition.Name, result.Outcome);
        outcomes.Checked(definition.Name, new AttemptReport("", result.Outcome, false, TimeSpan.Zero, default, 0)
        {
            DurationMilliseconds = (int)result.ResponseTime.TotalMilliseconds,
            Permit = permit,
            IsCheck = true,
        });
    }
}

using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Takes what became of attempts, for the provider's grain. Implemented by the outcome reporter, and by tests.</summary>
internal interface IOutcomeSink : IInFlightView
{
    /// <summary>An attempt begins: one more in flight.</summary>
    void Began(string provider);

    /// <summary>An attempt ended: one less in flight. Call it exactly once for each <see cref="Began"/>.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="report">How it ended; its age is filled in when the batch is sent.</param>
    void Ended(string provider, in AttemptReport report);

    /// <summary>A check of a provider ended. It was never in flight.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="report">What it found.</param>
    void Checked(string provider, in AttemptReport report);
}

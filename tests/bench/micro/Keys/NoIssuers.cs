using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>No tokens are taken, so that no issuer is asked.</summary>
internal sealed class NoIssuers : IJwksSource
{
    public Task<string> FetchAsync(Uri address, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("An issuer was asked.");
}

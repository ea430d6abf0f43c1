using System.Collections.Immutable;

namespace ProxyCluster.GatewayApi.Requests;

/// <summary>A request that this gateway remembers.</summary>
/// <param name="Request">What became of it.</param>
/// <param name="Attempts">What was asked of providers for it.</param>
internal sealed record RecentRequest(RequestNote Request, ImmutableArray<AttemptNote> Attempts);

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>The permit of a probe that a request has taken, and not sent yet.</summary>
/// <param name="Provider">Whose circuit is half-open.</param>
/// <param name="Permit">The permit's number; 0: there is none.</param>
internal readonly record struct ProbeClaim(string Provider, long Permit);

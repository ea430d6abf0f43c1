namespace ProxyCluster.GatewayApi.Streaming;

/// <summary>Bounds of a relay, from the configuration.</summary>
/// <param name="MaxEventBytes">One event of the provider, and what is held back before the first content.</param>
/// <param name="PingEvery">Silence after which the client gets a comment; zero: never.</param>
internal readonly record struct RelayLimits(int MaxEventBytes, TimeSpan PingEvery);

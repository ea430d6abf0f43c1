namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>A hook of the gateway itself: it takes no time that its token could cut.</summary>
internal interface IOwnHook;

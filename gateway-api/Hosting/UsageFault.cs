namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>The command line cannot be understood.</summary>
internal sealed class UsageFault(string message) : Exception(message);

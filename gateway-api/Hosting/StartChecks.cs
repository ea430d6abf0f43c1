using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>What a sound configuration may still not do.</summary>
internal static class StartChecks
{
    /// <summary>Why a gateway must not start with this configuration, and the cure; <see langword="null"/>: it may.</summary>
    public static string? Fault(ProxyClusterOptions options) =>
        AuthenticationDecision.Of(options.Auth, options.Listen) is { Mode: AuthenticationMode.Refused } decision ? decision.Fault : null;
}

using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Turns references to secrets into secrets, in the process that uses them. Implemented over environment and files, and by tests.</summary>
internal interface ISecretResolver
{
    /// <summary>Resolves <c>${NAME}</c>, <c>file:/path</c> or <c>config:provider-name</c>.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="secret">The secret, without a trailing line break.</param>
    /// <param name="fault">What is missing, without the secret.</param>
    bool TryResolve(string reference, out Secret? secret, out string? fault);
}

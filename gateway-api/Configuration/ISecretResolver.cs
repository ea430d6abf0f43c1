using ProxyCluster.Core.Secrets;
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

    /// <summary>Resolves a reference, or opens an envelope that was sealed for the same.</summary>
    /// <param name="reference">The reference, or the envelope.</param>
    /// <param name="binding">What the secret is to belong to.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="fault">What is missing, without the secret.</param>
    bool TryResolve(string reference, SecretBinding binding, out Secret? secret, out string? fault) => TryResolve(reference, out secret, out fault);
}

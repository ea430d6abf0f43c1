using System.Collections.Immutable;
using Microsoft.IdentityModel.Tokens;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>What an issuer's tokens are checked with: a secret that is shared with it, or its public keys.</summary>
internal interface IJwtKeys
{
    /// <summary>Counts the changes of the keys.</summary>
    int Version { get; }

    /// <summary>Finds the keys that may have signed a token.</summary>
    /// <param name="keyId">Which it says it was; <see langword="null"/>: it does not say.</param>
    /// <param name="algorithm">What it says it is signed with; one that its issuer may use.</param>
    ValueTask<JwtKeysFound> FindAsync(string? keyId, string algorithm);

    /// <summary>Reads the keys anew, where that is due, for a token that names none and was signed by none of them.</summary>
    /// <param name="version">Of the keys that were tried.</param>
    /// <returns>Whether they are others now.</returns>
    ValueTask<bool> RenewAsync(int version);
}

/// <summary>The keys that may have signed a token.</summary>
/// <param name="Keys">Of the kind that the algorithm takes; empty: none can have signed it.</param>
/// <param name="AreMissing">The issuer's keys are not known: nothing can be said about the token.</param>
internal readonly record struct JwtKeysFound(ImmutableArray<SecurityKey> Keys, bool AreMissing = false);

/// <summary>What can be asked of any keys.</summary>
internal static class JwtKeysExtensions
{
    /// <summary>Whether the keys are others than at a version.</summary>
    public static bool HasChangedSince(this IJwtKeys keys, int version) => keys.Version != version;
}

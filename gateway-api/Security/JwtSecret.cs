using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>A secret that is shared with the issuer, for HMAC. It never changes while its settings are in force.</summary>
internal sealed class JwtSecret : IJwtKeys
{
    private readonly JwtKeysFound _found;

    /// <param name="secret">At least 32 bytes; <see langword="null"/>: it could not be read, and no token can be judged.</param>
    public JwtSecret(string? secret) =>
        _found = secret is null ? new([], AreMissing: true) : new([new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret))]);

    /// <inheritdoc/>
    public int Version => 0;

    /// <inheritdoc/>
    public ValueTask<JwtKeysFound> FindAsync(string? keyId, string algorithm) => new(_found);

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(int version) => new(false);
}

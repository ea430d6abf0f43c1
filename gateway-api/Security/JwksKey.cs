using Microsoft.IdentityModel.Tokens;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>One public key of an issuer.</summary>
/// <param name="Id">Its <c>kid</c>; <see langword="null"/>: it has none.</param>
/// <param name="Algorithm">The only one that it is for; <see langword="null"/>: any of its kind.</param>
/// <param name="Kind">What it can check.</param>
/// <param name="Key">The key itself.</param>
/// <param name="Material">What the key is made of, as it was published: keys without an id, too, can be told apart by it.</param>
internal sealed record JwksKey(string? Id, string? Algorithm, JwksKeyKind Kind, SecurityKey Key, string Material)
{
    /// <summary>Whether it can have signed a token of an algorithm. A secret's algorithm fits no public key, whatever it is called.</summary>
    public bool Fits(string algorithm) => (Algorithm is null || Algorithm == algorithm) && Kind == KindOf(algorithm);

    private static JwksKeyKind KindOf(string algorithm) => algorithm switch
    {
        "RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512" => JwksKeyKind.Rsa,
        "ES256" => JwksKeyKind.P256,
        "ES384" => JwksKeyKind.P384,
        "ES512" => JwksKeyKind.P521,
        "EdDSA" => JwksKeyKind.Ed25519,
        _ => JwksKeyKind.None,
    };
}

/// <summary>The kinds of public keys that signatures are checked with.</summary>
internal enum JwksKeyKind
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>RSA, at least 2048 bits.</summary>
    Rsa = 1,

    /// <summary>The curve P-256.</summary>
    P256 = 2,

    /// <summary>The curve P-384.</summary>
    P384 = 3,

    /// <summary>The curve P-521.</summary>
    P521 = 4,

    /// <summary>Ed25519 (RFC 8037).</summary>
    Ed25519 = 5,
}

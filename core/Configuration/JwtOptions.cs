using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>One issuer whose tokens (JWT, RFC 7519) are taken as <c>Authorization: Bearer</c>.</summary>
public sealed class JwtOptions
{
    /// <summary>What the claim <c>iss</c> says, compared exactly.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What the claim <c>aud</c> must hold.</summary>
    public string Audience { get; set; } = "";

    /// <summary>A secret reference to at least 32 bytes that tokens are signed with (HS256); <c>null</c>: they are signed with keys of <see cref="JwksUrl"/>.</summary>
    [SecretValue]
    public string? Secret { get; set; }

    /// <summary>Where the issuer's public keys are (RFC 7517): <c>https</c>, or any scheme on loopback; <c>null</c>: see <see cref="Secret"/>.</summary>
    public string? JwksUrl { get; set; }

    /// <summary>
    /// The algorithms that tokens may be signed with. Default: <c>HS256</c> with a secret, else <c>RS256</c>, <c>ES256</c>
    /// and <c>EdDSA</c>. Algorithms of shared secrets are never taken where there are public keys.
    /// </summary>
    [AllowedValues("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")]
    public IList<string> Algorithms { get; } = [];

    /// <summary>How far the issuer's clock may be from ours, in seconds. Default 60.</summary>
    [Range(0, 300)]
    public int ClockSkewSeconds { get; set; } = 60;

    /// <summary>
    /// What users of this issuer are called by: it is put before the name. With several issuers each needs one of its own,
    /// or the same written out where they speak of the same users. Default: none.
    /// </summary>
    public string? UserPrefix { get; set; }

    /// <summary>What the claims are called.</summary>
    public JwtClaimOptions Claims { get; set; } = new();

    /// <summary>What the issuer calls our roles. With any entry only what is written here counts; without one, roles are taken by their own names.</summary>
    public IDictionary<string, string> Roles { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The roles of a token that has no claim of roles. Default: <c>user</c>; an empty name stands for none.</summary>
    public string DefaultRole { get; set; } = "user";

    /// <summary>The team of a token that has no claim of a team; <c>null</c>: none.</summary>
    public string? DefaultTeam { get; set; }
}

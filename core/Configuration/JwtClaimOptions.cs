namespace ProxyCluster.Core.Configuration;

/// <summary>
/// What an issuer calls its claims. A name is looked for as it is, then as a path with dots:
/// <c>realm_access.roles</c> is the member <c>roles</c> of the claim <c>realm_access</c>.
/// </summary>
public sealed class JwtClaimOptions
{
    /// <summary>The user: text. Default <c>sub</c>. A token without it is refused.</summary>
    public string User { get; set; } = "sub";

    /// <summary>The user's team: text. Default <c>team</c>.</summary>
    public string Team { get; set; } = "team";

    /// <summary>Roles: a list, or text with blanks between. Default <c>roles</c>.</summary>
    public string Roles { get; set; } = "roles";

    /// <summary>Permissions beside those of the roles: a list, or text with blanks between. Default <c>permissions</c>.</summary>
    public string Permissions { get; set; } = "permissions";

    /// <summary>The user's limits: an object, for example <c>{ "requests_per_minute": 60 }</c>. Default <c>limits</c>.</summary>
    public string Limits { get; set; } = "limits";
}

using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Who may call.</summary>
public sealed class AuthOptions
{
    /// <summary>
    /// Whether credentials are asked for. <c>null</c>: only if there are keys or token issuers in the file. Where a listener
    /// is not on loopback it takes <c>true</c>, a key or an issuer in the file: otherwise the process does not start.
    /// </summary>
    public bool? Required { get; set; }

    /// <summary>
    /// Keys of the file. Keys made through the API are kept by the cluster.
    /// </summary>
    public IList<KeyOptions> Keys { get; } = [];

    /// <summary>Issuers whose tokens are taken.</summary>
    public IList<JwtOptions> Jwt { get; } = [];

    /// <summary>
    /// What roles may do, by name. A built-in role (<c>admin</c>, <c>editor</c>, <c>viewer</c>, <c>user</c>) that stands
    /// here has these permissions and no others. A running process keeps the roles that it started with.
    /// </summary>
    public IDictionary<string, RoleOptions> Roles { get; } = new Dictionary<string, RoleOptions>(StringComparer.Ordinal);

    /// <summary>
    /// Whether a key is taken from the query (<c>?api_key=</c>), which ends up in the logs of whatever stands before the
    /// gateway. Each use is a security event. Default <c>false</c>: such a request is refused.
    /// </summary>
    public bool AllowKeyInQuery { get; set; }

    /// <summary>A secret reference to at least 32 bytes, the same in every process; <c>null</c>: made in the data directory when embedded.</summary>
    [SecretValue]
    public string? Pepper { get; set; }

    /// <summary>
    /// A secret reference to the pepper before <see cref="Pepper"/>: keys hashed with it are still taken, and hashed anew as
    /// they are used. <c>null</c>: none, save that an embedded process takes the one it once made in its data directory.
    /// </summary>
    [SecretValue]
    public string? PreviousPepper { get; set; }

    /// <summary>How long a gateway cut off from the cluster still trusts the keys it knows, in seconds. Default 300.</summary>
    [Range(1, 86400)]
    public int MaxStaleSeconds { get; set; } = 300;
}

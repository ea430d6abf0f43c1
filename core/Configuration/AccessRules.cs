using System.Text;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Core.Configuration;

/// <summary>The rules for <c>Auth:Jwt</c>, <c>Auth:Roles</c> and the roles of keys.</summary>
internal sealed class AccessRules
{
    private readonly List<ConfigurationFault> _faults = [];
    private readonly ProxyClusterOptions _options;
    private readonly ConfigurationContext _context;
    private readonly Func<string, string?> _secretFault;
    private readonly RoleTable _roles;

    private AccessRules(ProxyClusterOptions options, ConfigurationContext context, Func<string, string?> secretFault)
    {
        _options = options;
        _context = context;
        _secretFault = secretFault;
        _roles = RoleTable.Of(options.Auth);
    }

    /// <summary>Everything that is wrong.</summary>
    /// <param name="options">The whole configuration.</param>
    /// <param name="context">What else counts.</param>
    /// <param name="secretFault">What is wrong with a secret's setting; <see langword="null"/>: nothing.</param>
    public static IReadOnlyList<ConfigurationFault> Check(ProxyClusterOptions options, ConfigurationContext context, Func<string, string?> secretFault)
    {
        var rules = new AccessRules(options, context, secretFault);
        rules.CheckRoles();
        rules.CheckKeys();
        rules.CheckIssuers();
        return rules._faults;
    }

    private void CheckRoles()
    {
        foreach (var (name, role) in _options.Auth.Roles)
        {
            if (string.IsNullOrWhiteSpace(name) || name.Contains(' ', StringComparison.Ordinal))
            {
                Fault($"Auth:Roles:{name}", name, "A role needs a name without blanks.");
            }

            for (var i = 0; i < role.Permissions.Count; i++)
            {
                if (!Permissions.TryRead(role.Permissions[i], out _))
                {
                    Fault($"Auth:Roles:{name}:Permissions[{i}]", role.Permissions[i], Unknown("permission", role.Permissions[i], Permissions.Names));
                }
            }
        }
    }

    private void CheckKeys()
    {
        for (var i = 0; i < _options.Auth.Keys.Count; i++)
        {
            var roles = _options.Auth.Keys[i].Roles;
            for (var j = 0; j < roles.Count; j++)
            {
                CheckRole($"Auth:Keys[{i}]:Roles[{j}]", roles[j]);
            }
        }
    }

    private void CheckRole(string path, string role)
    {
        if (!_roles.Knows(role))
        {
            Fault(path, role, Unknown("role", role, _roles.Names));
        }
    }

    private static string Unknown(string what, string name, IEnumerable<string> known) => NearestName.Of(name, known) is { } nearest
        ? $"There is no {what} '{name}'. Write '{nearest}' if that is meant."
        : $"There is no {what} '{name}'. There are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.";

    private void CheckIssuers()
    {
        var issuers = _options.Auth.Jwt;
        HashSet<string> names = new(StringComparer.Ordinal);
        for (var i = 0; i < issuers.Count; i++)
        {
            var issuer = issuers[i];
            var path = $"Auth:Jwt[{i}]";
            if (string.IsNullOrWhiteSpace(issuer.Issuer))
            {
                Fault($"{path}:Issuer", null, "Write what the tokens' claim 'iss' says.");
            }
            else if (!names.Add(issuer.Issuer))
            {
                Fault($"{path}:Issuer", issuer.Issuer, "Another entry is for this issuer. Issuers must differ.");
            }

            if (string.IsNullOrWhiteSpace(issuer.Audience))
            {
                Fault($"{path}:Audience", null, "Write what the tokens' claim 'aud' holds: else tokens that the issuer made for others would be taken.");
            }

            if (issuers.Count > 1 && issuer.UserPrefix is null)
            {
                Fault($"{path}:UserPrefix", null, "With several issuers a user of one could be taken for a user of another. Give each its own prefix, or all the same if they speak of the same users.");
            }

            CheckPrefix($"{path}:UserPrefix", issuer.UserPrefix);
            CheckKeySource(issuer, path);
            CheckIssuerRoles(issuer, path);
        }
    }

    private void CheckPrefix(string path, string? prefix)
    {
        if (prefix is not null && (prefix.Length > 64 || prefix.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            Fault(path, prefix, "It must be at most 64 printable ASCII characters without blanks.");
        }
    }

    private void CheckKeySource(JwtOptions issuer, string path)
    {
        if ((issuer.Secret is null) == (issuer.JwksUrl is null))
        {
            Fault(path, null, "Write either JwksUrl, for an issuer with public keys, or Secret, for one that shares a secret.");
            return;
        }

        for (var i = 0; i < issuer.Algorithms.Count; i++)
        {
            // A public key would else serve as a secret that everybody knows.
            if (issuer.Algorithms[i].StartsWith("HS", StringComparison.Ordinal) != (issuer.Secret is not null))
            {
                Fault($"{path}:Algorithms[{i}]", issuer.Algorithms[i], issuer.Secret is null
                    ? "Algorithms of shared secrets cannot be taken with JwksUrl."
                    : "With Secret only HS256, HS384 and HS512 can be taken.");
            }
        }

        if (issuer.Secret is { } secret)
        {
            CheckSecret($"{path}:Secret", secret);
        }
        else if (!IsGuarded(issuer.JwksUrl!))
        {
            Fault($"{path}:JwksUrl", issuer.JwksUrl, "It must be an https:// URL without credentials. http:// is taken on loopback only: whoever sits on the way could else give keys of their own.");
        }
    }

    private void CheckSecret(string path, string secret)
    {
        const int LeastBytes = 32; // RFC 7518, 3.2
        if (_context.IsGateway && _secretFault(secret) is { } fault)
        {
            Fault(path, null, fault);
        }
        else if (!_context.IsReference(secret) && Encoding.UTF8.GetByteCount(secret) < LeastBytes)
        {
            Fault(path, null, $"It must be at least {LeastBytes} bytes.");
        }
    }

    private void CheckIssuerRoles(JwtOptions issuer, string path)
    {
        foreach (var (name, role) in issuer.Roles)
        {
            CheckRole($"{path}:Roles:{name}", role);
        }

        if (issuer.DefaultRole.Length > 0)
        {
            CheckRole($"{path}:DefaultRole", issuer.DefaultRole);
        }
    }

    private static bool IsGuarded(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private void Fault(string path, string? value, string cure) =>
        _faults.Add(new(path, value, cure) { Origin = _context.Origin(path) });
}

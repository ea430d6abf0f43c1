using ProxyCluster.Core.Outbound;

namespace ProxyCluster.Core.Configuration;

/// <summary>The rules that one setting alone cannot break. All of them are applied, whatever is found.</summary>
public sealed class ConfigurationRules
{
    private readonly List<ConfigurationFault> _faults = [];
    private readonly ProxyClusterOptions _options;
    private readonly ConfigurationContext _context;

    private ConfigurationRules(ProxyClusterOptions options, ConfigurationContext context)
    {
        _options = options;
        _context = context;
    }

    // A literal in a cluster would have to travel, and to be stored, in the clear.
    private bool MayHoldLiterals => _options.Cluster.Redis is null && _options.Role == "all";

    /// <summary>Applies all rules.</summary>
    /// <param name="options">Bound without a fault, or as far as it went.</param>
    /// <param name="context">What else counts.</param>
    public static IReadOnlyList<ConfigurationFault> Check(ProxyClusterOptions options, ConfigurationContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var rules = new ConfigurationRules(options, context);
        rules.CheckListeners();
        rules.CheckCluster();
        rules.CheckTelemetry();
        rules.CheckOutbound();
        rules.CheckCircuit();
        rules.CheckLimits();
        rules.CheckAuthentication();
        rules.CheckSecrets();
        rules._faults.AddRange(AccessRules.Check(options, context, text => rules.CheckReference("Auth:Jwt", text)));
        rules._faults.AddRange(BudgetRules.Check(options.Budgets, context));
        rules._faults.AddRange(PoolRules.Check(options.Pools, context));
        rules._faults.AddRange(AuditRules.Check(options.Audit, context, rules.CheckReference));
        rules._faults.AddRange(ProviderRules.Check(options, context, rules.MayHoldLiterals));
        rules._faults.AddRange(RoutingRules.Check(options, context));
        rules._faults.AddRange(AliasRules.Check(options, context));
        rules._faults.AddRange(CondensationRules.Check(options, context));
        if (context.IsGateway)
        {
            rules._faults.AddRange(HookRules.Check(options.Hooks, context));
        }

        return rules._faults;
    }

    private void CheckListeners()
    {
        var listen = _options.Listen;
        for (var i = 0; i < listen.AllowedHosts.Count; i++)
        {
            // As Host has them: version 6 addresses in brackets.
            var name = listen.AllowedHosts[i];
            if (Uri.CheckHostName(name) == UriHostNameType.Unknown && !(name.StartsWith('[') && name.EndsWith(']')))
            {
                Fault($"Listen:AllowedHosts[{i}]", name, "It must be a host's name or address as clients write it, without a port: gateway.example.com, 10.0.0.1 or [fd00::1].");
            }
        }

        Dictionary<System.Net.IPEndPoint, string> taken = [];
        CheckListener("Listen:Data", listen.Data, taken);
        CheckListener("Listen:Admin", listen.Admin, taken);
        CheckListener("Listen:Ops", listen.Ops, taken);
        CheckKeyPair("Listen:Tls", listen.Tls.Certificate, listen.Tls.Key, null);
        for (var i = 0; i < listen.AllowedOrigins.Count; i++)
        {
            if (!IsOrigin(listen.AllowedOrigins[i]))
            {
                Fault($"Listen:AllowedOrigins[{i}]", listen.AllowedOrigins[i], "It must be an origin as browsers write it, without a path: https://app.example.com, http://localhost:3000; or '*' for all.");
            }
        }

        for (var i = 0; i < listen.KnownProxies.Count; i++)
        {
            if (AllowedHosts.ReadNetwork(listen.KnownProxies[i]) is null)
            {
                Fault($"Listen:KnownProxies[{i}]", listen.KnownProxies[i], "It must be a network such as 10.0.0.0/8, or an address.");
            }
        }
    }

    private void CheckListener(string path, string? url, Dictionary<System.Net.IPEndPoint, string> taken)
    {
        if (url is null)
        {
            return;
        }

        if (!ListenAddress.TryParse(url, out var address))
        {
            Fault(path, url, "It must be http://address:port or https://address:port, the address an IP address, 'localhost', or '*' for all.");
            return;
        }

        if (address.IsTls && _options.Listen.Tls is { Certificate: null, Key: null })
        {
            Fault(path, url, "A listener with https:// needs Listen:Tls:Certificate and Listen:Tls:Key.");
        }

        if (address.Port != 0 && !taken.TryAdd(address.EndPoint, path))
        {
            Fault(path, url, $"{taken[address.EndPoint]} has this port already. Give each listener its own.");
        }
    }

    private void CheckKeyPair(string path, string? certificate, string? key, string? authority)
    {
        if (certificate is null || key is null)
        {
            if (certificate is not null || key is not null || authority is not null)
            {
                Fault($"{path}:{(certificate is null ? "Certificate" : "Key")}", null, "A certificate and its private key come together: name both files.");
            }
        }
        else if (_context.KeyPairFault(certificate, key, authority) is { } fault)
        {
            Fault($"{path}:Certificate", certificate, fault);
        }
    }

    private void CheckClusterTls(ClusterTlsOptions tls)
    {
        CheckKeyPair("Cluster:Tls", tls.Certificate, tls.Key, tls.Authority);
        if (tls is { Certificate: not null, Key: not null, Authority: null })
        {
            Fault("Cluster:Tls:Authority", null, "Name the file with the certificate of the authority that signs those of this cluster.");
        }

        if (tls is { Certificate: null, Key: null, Authority: null, Name: not null })
        {
            Fault("Cluster:Tls:Certificate", null, "A name alone is no TLS: name the files of a certificate, its private key and its authority.");
        }

        if (tls.Name is { } name && Uri.CheckHostName(name) != UriHostNameType.Dns)
        {
            Fault("Cluster:Tls:Name", name, "It must be a DNS name as it stands in the certificates.");
        }
    }

    private static bool IsOrigin(string text) =>
        text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && string.Equals(text, uri.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase) && uri.UserInfo.Length == 0);

    private void CheckOutbound()
    {
        var outbound = _options.Outbound;
        if (!OutboundOptions.IsProxy(outbound.Proxy))
        {
            Fault("Outbound:Proxy", null, ProviderRules.ProxyCure);
        }

        if (outbound.ProxyCredentials is { } credentials && CheckReference("Outbound:ProxyCredentials", credentials) is { } fault)
        {
            Fault("Outbound:ProxyCredentials", null, fault);
        }

        for (var i = 0; i < outbound.AllowPrivate.Count; i++)
        {
            if (!AllowedHosts.IsEntry(outbound.AllowPrivate[i]))
            {
                Fault($"Outbound:AllowPrivate[{i}]", outbound.AllowPrivate[i], "It must be a network such as 10.0.0.0/8, an address, or the name of a host.");
            }
        }

        if (outbound.CertificateAuthorities is { } file && _context.IsGateway && _context.CertificatesFault(file) is { } unreadable)
        {
            Fault("Outbound:CertificateAuthorities", file, unreadable);
        }
    }

    private void CheckCluster()
    {
        var cluster = _options.Cluster;
        CheckClusterTls(cluster.Tls);
        if (cluster.Redis is { } redis && CheckReference("Cluster:Redis", redis) is { } fault)
        {
            Fault("Cluster:Redis", null, fault);
        }

        if (cluster.SiloPort == cluster.GatewayPort && cluster.SiloPort != 0)
        {
            Fault("Cluster:GatewayPort", $"{cluster.GatewayPort}", "Cluster:SiloPort has this port already. Give each its own.");
        }

        if (cluster.AdvertisedAddress is { } advertised && !System.Net.IPAddress.TryParse(advertised, out _))
        {
            Fault("Cluster:AdvertisedAddress", advertised, "It must be an IP address that the other processes can reach.");
        }

        RequireText("Cluster:ClusterId", cluster.ClusterId);
        RequireText("Cluster:ServiceId", cluster.ServiceId);
        RequireText("Cluster:DataDirectory", cluster.DataDirectory);
        RequireText("Region", _options.Region);
    }

    private void RequireText(string path, string value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Fault(path, value, "It must not be empty. Leave it out for the default.");
        }
    }

    private void CheckTelemetry()
    {
        if (_options.Telemetry.OtlpEndpoint is { } endpoint && !IsHttpUrl(endpoint))
        {
            Fault("Telemetry:OtlpEndpoint", endpoint, "It must be an http:// or https:// URL, for example http://collector:4317.");
        }
    }

    private void CheckCircuit()
    {
        var circuit = _options.Routing.Circuit;
        if (circuit.LongestOpenSeconds < circuit.OpenSeconds)
        {
            Fault("Routing:Circuit:LongestOpenSeconds", $"{circuit.LongestOpenSeconds}", $"It is below OpenSeconds ({circuit.OpenSeconds}), the time of the first opening. Raise it.");
        }

        var rest = _options.Routing.CoolDown;
        if (rest.LongestSeconds < rest.FirstSeconds)
        {
            Fault("Routing:CoolDown:LongestSeconds", $"{rest.LongestSeconds}", $"It is below FirstSeconds ({rest.FirstSeconds}), the time of the first rest. Raise it.");
        }
    }

    private void CheckLimits()
    {
        _faults.AddRange(LimitRules.Check(_options.RateLimits, _context));
        var input = _options.InputLimits;
        if (input.MaxStreamEventBytes > input.MaxUpstreamBodyBytes)
        {
            Fault("InputLimits:MaxStreamEventBytes", $"{input.MaxStreamEventBytes}", $"One event cannot be larger than a whole answer, MaxUpstreamBodyBytes ({input.MaxUpstreamBodyBytes}).");
        }
    }

    private void CheckAuthentication()
    {
        var auth = _options.Auth;
        HashSet<string> names = new(StringComparer.Ordinal);
        for (var i = 0; i < auth.Keys.Count; i++)
        {
            var key = auth.Keys[i];
            var path = $"Auth:Keys[{i}]";
            if (string.IsNullOrWhiteSpace(key.Name))
            {
                Fault($"{path}:Name", null, "Give the key a name that tells operators whose it is.");
            }
            else if (!names.Add(key.Name))
            {
                Fault($"{path}:Name", key.Name, "Another key has this name. Names must differ.");
            }

            if (key.Key.Length == 0)
            {
                Fault($"{path}:Key", null, "Write where the key is: ${NAME} or file:/path.");
            }
            else if (_context.IsGateway && CheckReference($"{path}:Key", key.Key) is { } fault)
            {
                Fault($"{path}:Key", null, fault);
            }
        }

        CheckPepper(auth);
        CheckPreviousPepper(auth);
    }

    private void CheckPepper(AuthOptions auth)
    {
        if (auth.Pepper is { } pepper)
        {
            if (CheckReference("Auth:Pepper", pepper) is { } fault)
            {
                Fault("Auth:Pepper", null, fault);
            }
        }
        else if (_options.Cluster.Redis is not null && (auth.Required == true || auth.Keys.Count > 0 || auth.Jwt.Count > 0))
        {
            Fault("Auth:Pepper", null, "In a cluster all processes need the same pepper to recognise API keys. Write where at least 32 random bytes are: ${NAME} or file:/path.");
        }
    }

    private void CheckPreviousPepper(AuthOptions auth)
    {
        if (auth.PreviousPepper is { } previous && CheckReference("Auth:PreviousPepper", previous) is { } fault)
        {
            Fault("Auth:PreviousPepper", null, fault);
        }
    }

    // Only gateways seal and open: a silo without one need not hold the keys.
    private void CheckSecrets()
    {
        if (!_context.IsGateway)
        {
            return;
        }

        CheckKek("Secrets:Kek", _options.Secrets.Kek);
        CheckKek("Secrets:PreviousKek", _options.Secrets.PreviousKek);
        if (_options.Secrets is { PreviousKek: not null, Kek: null } && _options.Cluster.Redis is not null)
        {
            Fault("Secrets:PreviousKek", null, "There is no Secrets:Kek that it could precede. Set that, or leave this out.");
        }
    }

    private void CheckKek(string path, string? kek)
    {
        if (kek is not null && CheckReference(path, kek) is { } fault)
        {
            Fault(path, null, fault);
        }
    }

    // Of a literal only whether it may be one; of a reference whether it resolves here.
    private string? CheckReference(string path, string text)
    {
        if (_context.IsReference(text))
        {
            return _context.ReferenceFault(text) is { } fault ? $"{fault} Set it, or change the reference." : null;
        }

        return path == "Cluster:Redis" || MayHoldLiterals
            ? null
            : "A secret is written out here. Where processes share a cluster write where it is instead: ${NAME} or file:/path.";
    }

    private static bool IsHttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https");

    private void Fault(string path, string? value, string cure) =>
        _faults.Add(new(path, value, cure) { Origin = _context.Origin(path) });
}

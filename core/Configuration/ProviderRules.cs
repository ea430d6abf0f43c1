using System.Text.RegularExpressions;

namespace ProxyCluster.Core.Configuration;

/// <summary>The rules for providers, their models and the aliases that name them.</summary>
internal sealed partial class ProviderRules
{
    /// <summary>What to write where a proxy is not one.</summary>
    internal const string ProxyCure = "It must be a URL without credentials, for example http://proxy:3128, or 'environment', or 'none'. Credentials go into Outbound:ProxyCredentials.";

    private const int MostKeys = 64;

    private readonly List<ConfigurationFault> _faults = [];
    private readonly ProxyClusterOptions _options;
    private readonly ConfigurationContext _context;
    private readonly bool _mayHoldLiterals;

    private ProviderRules(ProxyClusterOptions options, ConfigurationContext context, bool mayHoldLiterals)
    {
        _options = options;
        _context = context;
        _mayHoldLiterals = mayHoldLiterals;
    }

    public static IReadOnlyList<ConfigurationFault> Check(ProxyClusterOptions options, ConfigurationContext context, bool mayHoldLiterals)
    {
        var rules = new ProviderRules(options, context, mayHoldLiterals);
        rules.CheckProviders();
        return rules._faults;
    }

    private void CheckProviders()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (var i = 0; i < _options.Providers.Count; i++)
        {
            var provider = _options.Providers[i];
            var path = $"Providers[{i}]";
            if (!NamePattern().IsMatch(provider.Name))
            {
                Fault($"{path}:Name", provider.Name, "It must be 1 to 64 lower-case letters, digits, '-', '_' or '.'.");
            }
            else if (!names.Add(provider.Name))
            {
                Fault($"{path}:Name", provider.Name, "Another provider has this name. Names must differ.");
            }

            CheckType(provider, path);
            CheckTimes(provider, path);
            CheckHeaders(provider, path);
            CheckModels(provider, path);
            CheckCustom(provider, path);
        }
    }

    private void CheckType(ProviderOptions provider, string path)
    {
        var types = _context.ProviderTypes;
        var known = types.FirstOrDefault(type => type.Type == provider.Type);
        if (known.Type is null && (_context.KnowsAllTypes || provider.Type.Length == 0))
        {
            var names = types.Select(type => type.Type).ToArray();
            var nearest = provider.Type.Length == 0 ? null : NearestName.Of(provider.Type, names);
            Fault($"{path}:Type", provider.Type, nearest is null
                ? $"It must be one of {string.Join(", ", names)}."
                : $"There is no such type. Write '{nearest}' if that is meant.");
        }

        if (provider.BaseUrl is { } url)
        {
            CheckBaseUrl(url, $"{path}:BaseUrl");
        }
        else if (known is { Type: not null, NeedsBaseUrl: true })
        {
            Fault($"{path}:BaseUrl", null, $"The type '{provider.Type}' has no URL of its own. Write where its API begins.");
        }

        CheckKeys(provider, path, known);
        CheckWayOut(provider, path);
    }

    private void CheckBaseUrl(string url, string path)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            Fault(path, url, "It must be an http:// or https:// URL, for example https://api.openai.com/v1.");
        }
        else if (uri.UserInfo.Length > 0)
        {
            Fault(path, null, "It must not hold credentials. Write where they are in ApiKey.");
        }
        else if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            Fault(path, url, "It must end with the path: no '?' and no '#'.");
        }
    }

    private void CheckKeys(ProviderOptions provider, string path, ProviderTypeFacts known)
    {
        if (string.IsNullOrEmpty(provider.ApiKey) && provider.ApiKeys.Count == 0 && known is { Type: not null, NeedsKey: true } && provider.Enabled)
        {
            Fault($"{path}:ApiKey", null, $"The type '{provider.Type}' needs a key. Write where it is: ${{NAME}} or file:/path.");
        }

        if (!string.IsNullOrEmpty(provider.ApiKey))
        {
            CheckKey(provider, provider.ApiKey, $"{path}:ApiKey");
        }

        if (provider.ApiKeys.Count > MostKeys)
        {
            Fault($"{path}:ApiKeys", null, FormattableString.Invariant($"There are more than {MostKeys} keys. Make a second provider of the others."));
        }

        for (var i = 0; i < provider.ApiKeys.Count; i++)
        {
            CheckKey(provider, provider.ApiKeys[i], $"{path}:ApiKeys[{i}]");
        }
    }

    private void CheckKey(ProviderOptions provider, string key, string path)
    {
        if (key.Length == 0)
        {
            Fault(path, null, "It is empty. Write where the key is, or leave it out.");
        }
        else if (_context.IsReference(key))
        {
            // A provider that is off may wait for its key.
            if (provider.Enabled && _context.IsGateway && _context.ReferenceFault(key) is { } fault)
            {
                Fault(path, null, $"{fault} Set it, or set Enabled to false.");
            }
        }
        else if (!_mayHoldLiterals)
        {
            Fault(path, null, "A secret is written out here. Where processes share a cluster write where it is instead: ${NAME} or file:/path.");
        }
    }

    private void CheckWayOut(ProviderOptions provider, string path)
    {
        if (provider.Proxy is { } proxy && !OutboundOptions.IsProxy(proxy))
        {
            Fault($"{path}:Proxy", null, ProxyCure);
        }

        if (provider is { CertificateAuthorities: { } file, Enabled: true } && _context.IsGateway && _context.CertificatesFault(file) is { } fault)
        {
            Fault($"{path}:CertificateAuthorities", file, fault);
        }
    }

    private void CheckTimes(ProviderOptions provider, string path)
    {
        CheckTime(provider.TimeoutSeconds, nameof(provider.TimeoutSeconds));
        CheckTime(provider.ReasoningTimeoutSeconds, nameof(provider.ReasoningTimeoutSeconds));
        CheckTime(provider.AnswerTimeoutSeconds, nameof(provider.AnswerTimeoutSeconds));

        void CheckTime(double? seconds, string name)
        {
            if (seconds > provider.TotalTimeoutSeconds)
            {
                Fault($"{path}:{name}", FormattableString.Invariant($"{seconds}"), "It is above TotalTimeoutSeconds, which ends the answer first. Raise that, or lower this.");
            }
        }
    }

    private void CheckHeaders(ProviderOptions provider, string path)
    {
        foreach (var (name, value) in provider.Headers)
        {
            if (!HeaderNamePattern().IsMatch(name) || value.Any(c => c is < ' ' or > '~'))
            {
                Fault($"{path}:Headers:{name}", null, "It must be a header name with a value of printable ASCII.");
            }
            else if (ReservedHeaders.Contains(name))
            {
                Fault($"{path}:Headers:{name}", null, "The gateway sets this header itself. Leave it out.");
            }
        }
    }

    private void CheckCustom(ProviderOptions provider, string path)
    {
        if (provider.Type != CustomRules.Type && provider.Custom is not null)
        {
            Fault($"{path}:Custom", null, $"Only a provider of type '{CustomRules.Type}' may have this section.");
        }
        else if (provider.Custom is { } custom)
        {
            _faults.AddRange(CustomRules.Check(custom).Select(fault =>
                new ConfigurationFault($"{path}:Custom:{fault.Setting}", null, fault.Cure) { Origin = _context.Origin($"{path}:Custom") }));
        }
    }

    private void CheckModels(ProviderOptions provider, string path)
    {
        HashSet<string> ids = new(StringComparer.Ordinal);
        for (var i = 0; i < provider.Models.Count; i++)
        {
            var id = provider.Models[i].Id;
            var wildcard = id.IndexOf('*', StringComparison.Ordinal);
            if (string.IsNullOrWhiteSpace(id) || id.Length > 256)
            {
                Fault($"{path}:Models[{i}]:Id", id, "It must be a name of 1 to 256 characters.");
            }
            else if (wildcard >= 0 && wildcard != id.Length - 1)
            {
                Fault($"{path}:Models[{i}]:Id", id, "A '*' may only stand at the end.");
            }
            else if (!ids.Add(id))
            {
                Fault($"{path}:Models[{i}]:Id", id, "This provider has an entry of that name already. Names must differ.");
            }
        }
    }

    private void Fault(string path, string? value, string cure) =>
        _faults.Add(new(path, value, cure) { Origin = _context.Origin(path) });

    private static readonly HashSet<string> ReservedHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "content-type", "accept-encoding",
    };

    [GeneratedRegex("^[a-z0-9._-]{1,64}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HeaderNamePattern();
}

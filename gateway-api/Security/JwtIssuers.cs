using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Configuration;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>The issuers that the configuration names, made anew when their settings change.</summary>
internal sealed partial class JwtIssuers : IDisposable
{
    private readonly ISecretResolver _secrets;
    private readonly IJwksSource _source;
    private readonly RoleTable _roles;
    private readonly SecurityEvents _events;
    private readonly JwtMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<JwtIssuers> _logger;
    private readonly IDisposable? _subscription;
    private JwtIssuerSet _current;

    public JwtIssuers(
        IOptionsMonitor<ProxyClusterOptions> options,
        ISecretResolver secrets,
        IJwksSource source,
        RoleTable roles,
        SecurityEvents events,
        JwtMetrics metrics,
        TimeProvider clock,
        ILogger<JwtIssuers> logger)
    {
        _secrets = secrets;
        _source = source;
        _roles = roles;
        _events = events;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
        _current = Create(options.CurrentValue.Auth);
        metrics.Watch(() => Current.KeySets.Select(static keys => keys.Age).DefaultIfEmpty(TimeSpan.Zero).Max());
        _subscription = options.OnChange((changed, _) => Change(changed.Auth));
    }

    /// <summary>Those in force.</summary>
    public JwtIssuerSet Current => Volatile.Read(ref _current);

    public void Dispose() => _subscription?.Dispose();

    private void Change(AuthOptions auth)
    {
        // Other settings change too, and validated tokens are worth keeping then.
        if (Current.Settings != SettingsOf(auth))
        {
            Volatile.Write(ref _current, Create(auth));
        }
    }

    private static string SettingsOf(AuthOptions auth) => JsonSerializer.Serialize(auth.Jwt);

    private JwtIssuerSet Create(AuthOptions auth)
    {
        var issuers = new Dictionary<string, JwtIssuer>(StringComparer.Ordinal);
        foreach (var options in auth.Jwt)
        {
            issuers.TryAdd(options.Issuer, new JwtIssuer(options, KeysOf(options), _roles, _clock));
        }

        return new JwtIssuerSet(issuers.ToFrozenDictionary(StringComparer.Ordinal), new JwtCache(_clock), SettingsOf(auth));
    }

    private IJwtKeys KeysOf(JwtOptions options)
    {
        if (options.JwksUrl is { } url)
        {
            return new JwksKeys(new Uri(url), _source, fault => Fetched(options.Issuer, fault), _clock);
        }

        var secret = options.Secret ?? "";
        if (!SecretReference.TryParse(secret, out _))
        {
            return new JwtSecret(secret);
        }

        if (_secrets.TryResolve(secret, out var resolved, out var fault))
        {
            return new JwtSecret(resolved!.Reveal());
        }

        LogNoSecret(_logger, options.Issuer, fault!);
        return new JwtSecret(null);
    }

    private void Fetched(string issuer, string? fault)
    {
        _metrics.Fetched(fault is null);
        if (fault is not null)
        {
            LogNoKeys(_logger, issuer, fault);
            _events.Record(SecurityEventType.IssuerUnreachable, null, null, $"The keys of the issuer {issuer} could not be read. {fault}");
        }
    }

    [LoggerMessage(3110, LogLevel.Warning, "The keys of the token issuer {Issuer} could not be read; those known go on working for a day. {Fault}")]
    private static partial void LogNoKeys(ILogger logger, string issuer, string fault);

    [LoggerMessage(3151, LogLevel.Error, "The secret of the token issuer {Issuer} cannot be used, and its tokens are refused. {Fault}")]
    private static partial void LogNoSecret(ILogger logger, string issuer, string fault);
}

/// <summary>Issuers, and the tokens of theirs that were validated.</summary>
/// <param name="ByName">By the claim <c>iss</c>.</param>
/// <param name="Tokens">Belongs to these issuers: with others in force it is empty.</param>
/// <param name="Settings">What they were made of.</param>
internal sealed record JwtIssuerSet(FrozenDictionary<string, JwtIssuer> ByName, JwtCache Tokens, string Settings)
{
    /// <summary>The public keys of all that have some.</summary>
    public IEnumerable<JwksKeys> KeySets => ByName.Values.Select(static issuer => issuer.Keys).OfType<JwksKeys>();
}

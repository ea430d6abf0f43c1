using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Checks API keys against the table. A known key costs one HMAC and one look-up; a key that is missing, wrong, revoked
/// or expired gets one and the same answer. In the open loopback mode credentials are ignored, because clients insist on
/// sending some.
/// </summary>
internal sealed class ApiKeyAuthenticator : ICallerAuthenticator, IDisposable
{
    private readonly KeyTable _table;
    private readonly KeyLookup _lookup;
    private readonly PepperSource _pepper;
    private readonly SecurityMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly IDisposable? _subscription;
    private Settings _settings;

    public ApiKeyAuthenticator(
        IOptionsMonitor<ProxyClusterOptions> options,
        KeyTable table,
        KeyLookup lookup,
        PepperSource pepper,
        SecurityMetrics metrics,
        TimeProvider clock)
    {
        _table = table;
        _lookup = lookup;
        _pepper = pepper;
        _metrics = metrics;
        _clock = clock;
        _settings = Settings.Of(options.CurrentValue);
        _subscription = options.OnChange((changed, _) => Volatile.Write(ref _settings, Settings.Of(changed)));
    }

    /// <inheritdoc/>
    public ValueTask<Authentication> AuthenticateAsync(HttpContext context)
    {
        var settings = Volatile.Read(ref _settings);
        if (settings.IsOpen)
        {
            return new(LocalOrigin.Check(context.Request) is { } refusal ? Refuse(refusal, SecurityMetrics.Origin) : Caller.Local);
        }

        var credential = Credential.Read(context.Request.Headers);
        return credential.Kind switch
        {
            CredentialKind.One when credential.Key.Length <= KeyHash.LongestKey => CheckAsync(credential.Key, settings, AddressGuard.IsBarred(context)),
            CredentialKind.Conflicting => new(Refuse(Refusals.ConflictingCredentials(), SecurityMetrics.Conflicting)),
            CredentialKind.None => new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Missing)),
            _ => new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Unknown)),
        };
    }

    public void Dispose() => _subscription?.Dispose();

    private ValueTask<Authentication> CheckAsync(ReadOnlySpan<char> key, Settings settings, bool isBarred)
    {
        var hash = KeyHash.Of(_pepper.Value, key);
        if (_table.FindInFile(hash) is { } ofFile)
        {
            return new(Judge(ofFile));
        }

        if (!ApiKeyFormat.TryReadPublicId(key, out var publicId))
        {
            return new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Unknown));
        }

        var shard = KeyDirectory.ShardOf(publicId);
        if (_table.Find(shard, hash) is { } entry)
        {
            return new(_table.AgeOf(shard) > settings.MaxStale ? Refuse(Refusals.KeysStale(), SecurityMetrics.Stale) : Judge(entry));
        }

        return !isBarred && ApiKeyFormat.IsWellFormed(key)
            ? LookUpAsync(publicId.ToString(), hash)
            : new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Unknown));
    }

    private Authentication Judge(KeyEntry entry) =>
        entry.IsGood(_clock) ? entry.Caller : Refuse(Refusals.InvalidKey(), SecurityMetrics.Ended);

    private async ValueTask<Authentication> LookUpAsync(string publicId, KeyHash hash)
    {
        var found = await _lookup.FindAsync(publicId, hash);
        return found.Refusal is { } refusal
            ? Refuse(refusal, refusal.Status == StatusCodes.Status401Unauthorized ? SecurityMetrics.Unknown : SecurityMetrics.Stale)
            : found;
    }

    private Authentication Refuse(Refusal refusal, string reason)
    {
        _metrics.Refused(reason);
        return refusal;
    }

    // Whatever a changed file says, what is refused at a start is never open at run time.
    private sealed record Settings(bool IsOpen, TimeSpan MaxStale)
    {
        public static Settings Of(ProxyClusterOptions options) => new(
            AuthenticationDecision.Of(options.Auth, options.Listen).Mode == AuthenticationMode.Open,
            TimeSpan.FromSeconds(options.Auth.MaxStaleSeconds));
    }
}

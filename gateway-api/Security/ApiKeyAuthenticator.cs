using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Checks API keys against the table. A known key costs one HMAC and one look-up; a key that is wrong, revoked or expired
/// gets one and the same answer.
/// </summary>
internal sealed class ApiKeyAuthenticator : IDisposable
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

    /// <summary>Checks a key. Completes synchronously save for one that is not known yet.</summary>
    /// <param name="key">What a client sent.</param>
    /// <param name="isBarred">Whether the client has guessed too often: then nobody is asked for a key that is not known.</param>
    public ValueTask<Authentication> AuthenticateAsync(ReadOnlySpan<char> key, bool isBarred) => key.Length <= KeyHash.LongestKey
        ? CheckAsync(key, Volatile.Read(ref _settings), isBarred)
        : new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Unknown));

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

    private sealed record Settings(TimeSpan MaxStale)
    {
        public static Settings Of(ProxyClusterOptions options) => new(TimeSpan.FromSeconds(options.Auth.MaxStaleSeconds));
    }
}

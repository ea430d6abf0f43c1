using BitFaster.Caching.Lru;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Tokens that have been validated, by the hash of the whole token, for a minute at most. A cache belongs to one set of
/// issuers, and with those settings a token has one issuer: other settings begin with an empty one. Read without a lock
/// and without allocating.
/// </summary>
internal sealed class JwtCache(TimeProvider clock)
{
    /// <summary>How long a token is taken without being looked at again: also how long a user who was removed stays.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>Tokens remembered.</summary>
    public const int Most = 16_384;

    private readonly ConcurrentLru<JwtHash, Entry> _entries = new(Environment.ProcessorCount, Most, EqualityComparer<JwtHash>.Default);

    /// <summary>Whom a token stands for; <see langword="null"/>: it is not remembered, or has to be looked at again.</summary>
    public Caller? Find(in JwtHash token) =>
        _entries.TryGet(token, out var entry) && clock.GetTimestamp() < entry.GoodUntil && !entry.Keys.HasChangedSince(entry.KeysVersion)
            ? entry.Caller
            : null;

    /// <summary>The caller of a token that has to be looked at again; <see langword="null"/>: none is known.</summary>
    public Caller? FindEarlier(in JwtHash token) => _entries.TryGet(token, out var entry) ? entry.Caller : null;

    /// <summary>Remembers a token until it expires, and for <see cref="Lifetime"/> at most.</summary>
    /// <param name="token">The token's hash.</param>
    /// <param name="caller">Whom it stands for.</param>
    /// <param name="left">Until it expires.</param>
    /// <param name="keys">What it was checked with.</param>
    /// <param name="keysVersion">As they were when it was checked.</param>
    public void Keep(in JwtHash token, Caller caller, TimeSpan left, IJwtKeys keys, int keysVersion)
    {
        var lifetime = left < Lifetime ? left : Lifetime;
        if (lifetime > TimeSpan.Zero)
        {
            var until = clock.GetTimestamp() + (long)(lifetime.TotalSeconds * clock.TimestampFrequency);
            _entries.AddOrUpdate(token, new Entry(caller, until, keys, keysVersion));
        }
    }

    private sealed record Entry(Caller Caller, long GoodUntil, IJwtKeys Keys, int KeysVersion);
}

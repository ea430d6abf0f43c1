using System.Collections.Immutable;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// An issuer's public keys, read anew each hour by <see cref="JwksRefresh"/>, and once when a token names a key that is not
/// known, or names none and was signed by none that is. Nothing is fetched for a token whose key is known; strangers' tokens cause one fetch in
/// <see cref="UnknownKeyRest"/> at most, and all that wait for one share it (RELIABILITY 7.3).
/// </summary>
/// <param name="address">Where the key set is.</param>
/// <param name="source">Fetches it.</param>
/// <param name="fetched">Told how each fetch ended: <see langword="null"/>, or why it failed.</param>
/// <param name="clock">Times the fetches.</param>
internal sealed class JwksKeys(Uri address, IJwksSource source, Action<string?> fetched, TimeProvider clock) : IJwtKeys
{
    /// <summary>How often keys are read anew.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>The least time between two fetches for keys that are not known.</summary>
    public static readonly TimeSpan UnknownKeyRest = TimeSpan.FromSeconds(30);

    /// <summary>How long the last good keys are used while the issuer does not answer.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(24);

    /// <summary>How long a request waits for a fetch.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private volatile KeysHeard? _heard;
    private Task? _flight;
    private long? _triedAt;
    private int _failures;
    private int _version;

    /// <inheritdoc/>
    public int Version => Volatile.Read(ref _version);

    /// <summary>How long ago the keys were read; <see cref="TimeSpan.MaxValue"/>: never.</summary>
    public TimeSpan Age => _heard is { } heard ? clock.GetElapsedTime(heard.At) : TimeSpan.MaxValue;

    /// <inheritdoc/>
    public ValueTask<JwtKeysFound> FindAsync(string? keyId, string algorithm)
    {
        if (Good is { } heard && heard.Knows(keyId))
        {
            return new(heard.For(keyId, algorithm));
        }

        return FetchThenFindAsync(keyId, algorithm);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RenewAsync(int version)
    {
        if (Version == version)
        {
            await FetchIfDueInTimeAsync();
        }

        return Version != version;
    }

    /// <summary>Reads the keys anew, or joins whoever does so already.</summary>
    public Task RefreshAsync()
    {
        lock (_lock)
        {
            return _flight ??= Task.Run(FetchAsync);
        }
    }

    private KeysHeard? Good => _heard is { } heard && clock.GetElapsedTime(heard.At) < GoodFor ? heard : null;

    private async ValueTask<JwtKeysFound> FetchThenFindAsync(string? keyId, string algorithm)
    {
        await FetchIfDueInTimeAsync();
        return Good is { } heard ? heard.For(keyId, algorithm) : new([], AreMissing: true);
    }

    private async Task FetchIfDueInTimeAsync()
    {
        try
        {
            await FetchIfDueAsync().WaitAsync(Patience, clock);
        }
        catch (TimeoutException)
        {
            // The next one may find it done.
        }
    }

    private Task FetchIfDueAsync()
    {
        lock (_lock)
        {
            if (_flight is not null)
            {
                return _flight;
            }

            var rest = Good is not null ? UnknownKeyRest : RestAfterFailures;
            return _triedAt is { } last && clock.GetElapsedTime(last) < rest ? Task.CompletedTask : _flight = Task.Run(FetchAsync);
        }
    }

    // Without any keys nobody of this issuer is served: asked again soon, then less and less often.
    private TimeSpan RestAfterFailures
    {
        get
        {
            var rest = FirstRest * Math.Pow(2, Math.Min(_failures, 10) - 1);
            return rest < UnknownKeyRest ? rest : UnknownKeyRest;
        }
    }

    private async Task FetchAsync()
    {
        // By chance this runs for a request, whose trace it is no part of.
        System.Diagnostics.Activity.Current = null;
        string? fault = null;
        try
        {
            lock (_lock)
            {
                _triedAt = clock.GetTimestamp();
            }

            using var limit = new CancellationTokenSource(FetchLimit, clock);
            Take(JwksReader.Read(await source.FetchAsync(address, limit.Token)));
        }
        catch (JwksException exception)
        {
            fault = exception.Message;
        }
        catch (OperationCanceledException)
        {
            fault = "The address did not answer in time.";
        }
        finally
        {
            lock (_lock)
            {
                _failures = fault is null ? 0 : _failures + 1;
                _flight = null;
            }
        }

        fetched(fault);
    }

    private void Take(ImmutableArray<JwksKey> keys)
    {
        var next = new KeysHeard(keys, clock.GetTimestamp());
        var before = _heard;
        _heard = next;

        // In this order: who sees the new version sees the new keys, so that no token is remembered as checked with these
        // that was checked with those before.
        if (before is null || !before.IsSameAs(next))
        {
            Interlocked.Increment(ref _version);
        }
    }

    private sealed record KeysHeard(ImmutableArray<JwksKey> Keys, long At)
    {
        // A token that names no key may be of any of them; where it is of none, the keys are renewed.
        public bool Knows(string? keyId) => keyId is null || Keys.Any(key => key.Id == keyId);

        public JwtKeysFound For(string? keyId, string algorithm) =>
            new([.. Keys.Where(key => (keyId is null || key.Id == keyId) && key.Fits(algorithm)).Select(static key => key.Key)]);

        public bool IsSameAs(KeysHeard other) =>
            Keys.Select(static key => (key.Id, key.Material)).SequenceEqual(other.Keys.Select(static key => (key.Id, key.Material)));
    }
}

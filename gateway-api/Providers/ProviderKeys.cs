using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// The keys of one provider, used in turn. One that the provider refuses or limits rests while the others go on. Read
/// anew every half minute, since a key in a file may be renewed without any change of the definition.
/// </summary>
internal sealed class ProviderKeys
{
    /// <summary>How long a key rests that the provider has refused: long enough not to knock at a locked door.</summary>
    public static readonly TimeSpan RefusedRest = TimeSpan.FromMinutes(5);

    /// <summary>How long a key rests whose limit is reached, where the provider does not say.</summary>
    public static readonly TimeSpan LimitedRest = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private readonly ISecretResolver _secrets;
    private readonly TimeProvider _clock;
    private readonly bool _areNeeded;
    private readonly string[] _references;
    private readonly SecretBinding _binding;
    private Entry[] _entries = [];
    private string? _fault;
    private long _read;
    private uint _turn;

    /// <param name="definition">Names the keys.</param>
    /// <param name="areNeeded">Whether the provider cannot be asked without one.</param>
    /// <param name="secrets">Finds them.</param>
    /// <param name="clock">Measures rests.</param>
    public ProviderKeys(ProviderDefinition definition, bool areNeeded, ISecretResolver secrets, TimeProvider clock)
    {
        _references = [.. definition.ApiKey is { } first ? [first] : Array.Empty<string>(), .. definition.ApiKeys];
        _binding = ProviderKeyBinding.Of(definition);
        _areNeeded = areNeeded;
        _secrets = secrets;
        _clock = clock;
        Read();
    }

    /// <summary>Why there is no key; <see langword="null"/>: there is one, or none is needed. Holds no secret.</summary>
    public string? Fault
    {
        get
        {
            Refresh();
            return _fault;
        }
    }

    /// <summary>The key whose turn it is; if all rest, the one that wakes first; <see langword="null"/>: there is none.</summary>
    public Secret? Take()
    {
        Refresh();
        var entries = Volatile.Read(ref _entries);
        if (entries.Length <= 1)
        {
            return entries.Length == 0 ? null : entries[0].Key;
        }

        var now = _clock.GetTimestamp();
        var turn = Interlocked.Increment(ref _turn);
        var next = entries[turn % entries.Length];
        for (uint i = 0; i < entries.Length; i++)
        {
            var entry = entries[(turn + i) % entries.Length];
            if (entry.RestsUntil <= now)
            {
                return entry.Key;
            }

            next = entry.RestsUntil < next.RestsUntil ? entry : next;
        }

        return next.Key;
    }

    /// <summary>Lets a key rest.</summary>
    /// <param name="key">The key that was refused or limited.</param>
    /// <param name="rest">How long, an hour at most.</param>
    /// <returns>Whether another one is awake. A key that is alone never rests: that is for the whole provider to do.</returns>
    public bool Rest(Secret? key, TimeSpan rest)
    {
        var entries = Volatile.Read(ref _entries);
        if (key is null || entries.Length <= 1)
        {
            return false;
        }

        var now = _clock.GetTimestamp();
        var isAnotherAwake = false;
        foreach (var entry in entries)
        {
            if (ReferenceEquals(entry.Key, key))
            {
                var limit = rest < LongestRest ? rest : LongestRest;
                entry.RestsUntil = now + (long)(limit.TotalSeconds * _clock.TimestampFrequency);
            }
            else
            {
                isAnotherAwake |= entry.RestsUntil <= now;
            }
        }

        return isAnotherAwake;
    }

    /// <summary>The place of a key among the provider's, from 1; 0: there is none. Stays the same as long as the keys do.</summary>
    /// <param name="key">As taken.</param>
    public int PlaceOf(Secret? key)
    {
        var entries = Volatile.Read(ref _entries);
        for (var i = 0; i < entries.Length; i++)
        {
            if (ReferenceEquals(entries[i].Key, key))
            {
                return i + 1;
            }
        }

        return 0;
    }

    /// <summary>How long until the first of several keys is awake again; zero: one is, or there is but one.</summary>
    public TimeSpan UntilAwake()
    {
        var entries = Volatile.Read(ref _entries);
        if (entries.Length <= 1)
        {
            return TimeSpan.Zero;
        }

        var first = long.MaxValue;
        foreach (var entry in entries)
        {
            first = Math.Min(first, entry.RestsUntil);
        }

        var wait = _clock.GetElapsedTime(_clock.GetTimestamp(), first);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void Refresh()
    {
        if (_references.Length > 0 && _clock.GetElapsedTime(Volatile.Read(ref _read)) > Lifetime)
        {
            Read();
        }
    }

    private void Read()
    {
        Volatile.Write(ref _read, _clock.GetTimestamp());
        var before = _entries;
        var found = new List<Entry>(_references.Length);
        string? missing = null;
        foreach (var reference in _references)
        {
            if (_secrets.TryResolve(reference, _binding, out var key, out var fault))
            {
                // The same object as long as the key is the same, so that its rest and what it holds ready stay.
                found.Add(before.FirstOrDefault(entry => entry.Key.Reveal() == key!.Reveal()) ?? new Entry(key!));
            }
            else
            {
                missing ??= fault;
            }
        }

        // A file that is just being renewed must not take the last key away.
        if (found.Count > 0 || missing is null)
        {
            Volatile.Write(ref _entries, [.. found.Distinct()]);
        }

        _fault = found.Count > 0 ? null : missing ?? (_areNeeded ? "No key is configured." : null);
    }

    private sealed class Entry(Secret key)
    {
        private long _restsUntil;

        public Secret Key => key;

        public long RestsUntil
        {
            get => Volatile.Read(ref _restsUntil);
            set => Volatile.Write(ref _restsUntil, value);
        }
    }
}

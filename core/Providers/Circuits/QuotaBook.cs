using System.Collections.Immutable;

namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>What a provider's headers say of its limits, by model and key: the latest word counts. Not thread-safe.</summary>
/// <remarks>
/// A model rests while all keys of the provider are spent for it. Below a share of the limit its traffic falls in step
/// with what is left, but never under a tenth: with nobody asking, nobody would learn that the limit was raised.
/// </remarks>
public sealed class QuotaBook
{
    /// <summary>Models and keys that are kept at most.</summary>
    public const int Capacity = 4096;

    private const double LeastShare = 0.1;

    private readonly Dictionary<(string Model, int Key), (QuotaReading Reading, DateTimeOffset SeenAt)> _readings = [];

    /// <summary>Counts the changes.</summary>
    public long Version { get; private set; }

    /// <summary>Takes in what an answer said.</summary>
    /// <param name="model">The provider's entry.</param>
    /// <param name="key">The place of the key that was used, from 1; 0: none.</param>
    /// <param name="reading">What was said.</param>
    /// <param name="seenAt">When; an older word than the one that is known is passed over.</param>
    public void Note(string model, int key, in QuotaReading reading, DateTimeOffset seenAt)
    {
        var place = (model, key);
        var isKnown = _readings.TryGetValue(place, out var known);
        if (isKnown ? known.SeenAt > seenAt : _readings.Count >= Capacity)
        {
            return;
        }

        _readings[place] = (reading, seenAt);
        Version++;
    }

    /// <summary>Until when a model is spent under every key; <see langword="null"/>: a key is left, or not known.</summary>
    /// <param name="model">The provider's entry.</param>
    /// <param name="keys">How many keys the provider has.</param>
    /// <param name="longest">How long it is believed at most, when the reset is farther away.</param>
    /// <param name="now">The time.</param>
    public DateTimeOffset? SpentUntil(string model, int keys, TimeSpan longest, DateTimeOffset now)
    {
        DateTimeOffset? first = null;
        for (var key = Math.Min(1, keys); key <= keys; key++)
        {
            if (!_readings.TryGetValue((model, key), out var known) || known.Reading.SpentUntil(now) is not { } reset)
            {
                return null;
            }

            var until = reset < known.SeenAt + longest ? reset : known.SeenAt + longest;
            first = first is null || until < first ? until : first;
        }

        return first > now ? first : null;
    }

    /// <summary>The share of its traffic that a model gets while little is left, in tenths; <see langword="null"/>: all.</summary>
    /// <param name="model">The provider's entry.</param>
    /// <param name="keys">How many keys the provider has.</param>
    /// <param name="low">What is little: a share of the limit.</param>
    /// <param name="now">The time.</param>
    public double? Share(string model, int keys, double low, DateTimeOffset now)
    {
        double most = 0;
        for (var key = Math.Min(1, keys); key <= keys; key++)
        {
            most = Math.Max(most, _readings.TryGetValue((model, key), out var known) ? known.Reading.Left(now) : 1);
        }

        return most >= low ? null : Math.Max(LeastShare, Math.Ceiling(most / low * 10) / 10);
    }

    /// <summary>Whether any model is spent under any key.</summary>
    /// <param name="now">The time.</param>
    public bool IsAnySpent(DateTimeOffset now)
    {
        foreach (var known in _readings.Values)
        {
            if (known.Reading.SpentUntil(now) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All that is known, sorted by model and key.</summary>
    public ImmutableArray<ModelQuota> ToArray() => [.. _readings
        .OrderBy(r => r.Key.Model, StringComparer.Ordinal)
        .ThenBy(r => r.Key.Key)
        .Select(r => new ModelQuota(r.Key.Model, r.Key.Key, r.Value.Reading.Requests, r.Value.Reading.Tokens, r.Value.SeenAt))];

    /// <summary>Forgets models that are no longer defined.</summary>
    /// <param name="isDefined">Tells of an entry.</param>
    public void Retain(Func<string, bool> isDefined)
    {
        ArgumentNullException.ThrowIfNull(isDefined);
        foreach (var place in _readings.Keys)
        {
            if (!isDefined(place.Model))
            {
                _readings.Remove(place);
            }
        }
    }
}

using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.Grains.Routing;

/// <summary>Gathers the scores of all providers into one vector. Derived state: it comes again with the next reports.</summary>
internal sealed class ScoreBoard
{
    private readonly SortedDictionary<string, ProviderScores> _byProvider = new(StringComparer.Ordinal);

    // New with each activation: a successor that has heard less must still look different.
    private readonly Guid _epoch = Guid.NewGuid();
    private long _counter;

    public ScoreVector Current { get; private set; } = ScoreVector.Empty;

    /// <summary>Whether the vector lags behind what providers told.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Takes what a provider tells.</summary>
    /// <returns>Whether it begins or ends to be left alone: its circuit has changed, or a model begins to rest.</returns>
    public bool Take(ProviderScores scores)
    {
        var before = _byProvider.GetValueOrDefault(scores.Provider)?.Scores ?? [];
        _byProvider[scores.Provider] = scores;
        IsDirty = true;
        for (var i = 0; i < scores.Scores.Length; i++)
        {
            if (IsTurn(Known(before, scores.Scores[i].Model, i), scores.Scores[i]))
            {
                return true;
            }
        }

        return false;
    }

    public void Drop(string provider) => IsDirty |= _byProvider.Remove(provider);

    public void Publish()
    {
        IsDirty = false;
        var scores = _byProvider.Values.SelectMany(p => p.Scores).ToArray();
        var hash = new XxHash64();
        foreach (ref readonly var score in scores.AsSpan())
        {
            hash.Append(MemoryMarshal.AsBytes(score.Provider.AsSpan()));
            hash.Append(MemoryMarshal.AsBytes(score.Model.AsSpan()));
            hash.Append(MemoryMarshal.AsBytes(
                (ReadOnlySpan<double>)[score.Performance, score.Reliability, score.InFlight, (int)score.Status]));
        }

        Current = new ScoreVector(
            new SnapshotVersion(_epoch, ++_counter, hash.GetCurrentHashAsUInt64()), ImmutableCollectionsMarshal.AsImmutableArray(scores));
    }

    // A provider tells of its models in the same order each time, as long as its definition stays: no search then.
    private static ProviderScore Known(ImmutableArray<ProviderScore> before, string model, int place) =>
        place < before.Length && before[place].Model == model ? before[place] : before.FirstOrDefault(one => one.Model == model);

    // A rest that only becomes longer can wait: nobody asks meanwhile.
    private static bool IsTurn(in ProviderScore known, in ProviderScore score) =>
        known.Circuit != score.Circuit || (known.RestsUntil is null && score.RestsUntil is not null);
}

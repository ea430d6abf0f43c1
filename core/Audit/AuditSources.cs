using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Audit;

/// <summary>
/// How far each process has told its entries, so that none is counted twice (DESIGN: reports carry gateway and sequence).
/// Stored with the records that it counts.
/// </summary>
public sealed class AuditSources
{
    /// <summary>Processes that are remembered; the one that was silent for longest is forgotten first.</summary>
    public const int Most = 256;

    private readonly Dictionary<Guid, AuditSource> _sources = [];

    /// <summary>Goes on from what is stored.</summary>
    public void Load(IEnumerable<AuditSource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        _sources.Clear();
        foreach (var source in sources)
        {
            _sources[source.Gateway] = source;
        }
    }

    /// <summary>How many entries at the beginning of a batch are in the log already.</summary>
    public int Counted(AuditBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var last = _sources.TryGetValue(batch.Gateway, out var source) ? source.Last : 0;
        return (int)Math.Clamp(last - batch.First + 1, 0, batch.Entries.Length);
    }

    /// <summary>Notes that a process's entry is in the log.</summary>
    /// <param name="gateway">The process.</param>
    /// <param name="number">Its number of the entry.</param>
    /// <param name="now">UTC.</param>
    public void Count(Guid gateway, long number, DateTimeOffset now)
    {
        _sources[gateway] = new(gateway, number, now);
        if (_sources.Count > Most)
        {
            _sources.Remove(_sources.Values.MinBy(source => source.LastHeard)!.Gateway);
        }
    }

    /// <summary>What is to be stored.</summary>
    public ImmutableArray<AuditSource> ToStored() => [.. _sources.Values.OrderBy(source => source.Gateway)];
}

/// <summary>How far one process has told its entries.</summary>
/// <param name="Gateway">The process.</param>
/// <param name="Last">Its number of the last entry that is in the log.</param>
/// <param name="LastHeard">When that was, UTC.</param>
[GenerateSerializer, Immutable, Alias("pc.audit-source")]
public sealed record AuditSource(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] long Last,
    [property: Id(2)] DateTimeOffset LastHeard);

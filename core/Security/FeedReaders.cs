using System.Collections.Immutable;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Which gateways follow a shard's feed, and how far each has come: the cursor that a gateway asks with says what it has
/// taken in. Not thread-safe.
/// </summary>
/// <param name="forgetAfter">A gateway that was silent for longer trusts its keys no more, and is not counted.</param>
public sealed class FeedReaders(TimeSpan forgetAfter)
{
    private readonly Dictionary<Guid, FeedReader> _readers = [];

    /// <summary>Notes a gateway's question.</summary>
    /// <param name="id">The gateway process.</param>
    /// <param name="name">For operators.</param>
    /// <param name="position">What it has taken in.</param>
    /// <param name="now">When it asked.</param>
    public void Heard(Guid id, string name, long position, DateTimeOffset now) => _readers[id] = new(name, position, now);

    /// <summary>Notes that a gateway has ended.</summary>
    /// <param name="id">The gateway process.</param>
    public void Left(Guid id) => _readers.Remove(id);

    /// <summary>How many gateways follow the feed.</summary>
    /// <param name="now">The moment.</param>
    public int Count(DateTimeOffset now)
    {
        Forget(now);
        return _readers.Count;
    }

    /// <summary>The gateways that have not taken in a change yet.</summary>
    /// <param name="position">The change.</param>
    /// <param name="now">The moment.</param>
    public ImmutableArray<FeedReader> Behind(long position, DateTimeOffset now)
    {
        Forget(now);
        return [.. _readers.Values.Where(reader => reader.Position < position).OrderBy(reader => reader.Name, StringComparer.Ordinal)];
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (id, reader) in _readers)
        {
            if (now - reader.HeardAt > forgetAfter)
            {
                _readers.Remove(id);
            }
        }
    }
}

/// <summary>A gateway that follows a feed.</summary>
/// <param name="Name">For operators: host and process id.</param>
/// <param name="Position">What it has taken in.</param>
/// <param name="HeardAt">When it last asked.</param>
public readonly record struct FeedReader(string Name, long Position, DateTimeOffset HeardAt);

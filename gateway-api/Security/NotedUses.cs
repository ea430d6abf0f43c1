using System.Collections.Concurrent;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Secrets that were used and have given way to others since, until the directory is told. Bounded: what is too much is told with its next use.</summary>
internal sealed class NotedUses
{
    /// <summary>Uses that are kept: some 10 MB.</summary>
    public const int Most = 131_072;

    private readonly ConcurrentQueue<(string Subject, bool IsPrevious)> _uses = [];
    private int _count;

    /// <summary>Whether they should be told soon.</summary>
    public bool IsHalfFull => Volatile.Read(ref _count) > Most / 2;

    /// <summary>Notes that a secret was used.</summary>
    public void Note(KeyEntry entry)
    {
        if (Interlocked.Increment(ref _count) <= Most)
        {
            _uses.Enqueue((entry.Caller.Subject, entry.IsPrevious));
            return;
        }

        Interlocked.Decrement(ref _count);
    }

    /// <summary>Takes all out.</summary>
    /// <param name="now">Told as the time of use: when it was, to a minute, is enough.</param>
    public List<KeyUse> TakeAll(DateTimeOffset now)
    {
        var uses = new List<KeyUse>();
        while (_uses.TryDequeue(out var use))
        {
            Interlocked.Decrement(ref _count);
            uses.Add(new(use.Subject[KeyRecord.KeySubject.Length..], use.IsPrevious, now));
        }

        return uses;
    }
}

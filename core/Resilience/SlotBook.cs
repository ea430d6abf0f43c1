namespace ProxyCluster.Core.Resilience;

/// <summary>Shares the slots of one provider (its <c>MaxConcurrency</c>, over the whole cluster) among gateways, as leases with an end.</summary>
/// <remarks>
/// <para>The promise: the shares of all leases alive never come to more than the capacity, however calls are delayed, repeated or
/// lost, as long as the capacity stays and the book lives. A gateway that dies takes nothing with it: its lease ends.</para>
/// <para>A book that was just made does not know what an earlier one gave: for one lease's life it gives nobody more than an equal
/// part, or what that gateway says it holds. Not thread-safe: its grain is its lock.</para>
/// </remarks>
/// <param name="startedAt">When the book was made.</param>
public sealed class SlotBook(DateTimeOffset startedAt)
{
    /// <summary>How long a share may be used, from the moment its gateway asked for it.</summary>
    public static readonly TimeSpan LeaseTimeToLive = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Guid, Lease> _leases = [];

    /// <summary>Slots that are promised to gateways.</summary>
    /// <param name="now">The time: what has ended is free.</param>
    public int Outstanding(DateTimeOffset now)
    {
        Expire(now);
        return Sum(except: default);
    }

    /// <summary>Renews a gateway's share.</summary>
    /// <param name="request">Who asks, and what for.</param>
    /// <param name="capacity">All slots of the provider; at least 1.</param>
    /// <param name="now">The time.</param>
    public SlotGrant Renew(in SlotRequest request, int capacity, DateTimeOffset now)
    {
        Expire(now);
        if (_leases.TryGetValue(request.Gateway, out var known) && request.Sequence <= known.Sequence)
        {
            return Grant(known.Slots, capacity, now);
        }

        if (request is { Held: <= 0, Wanted: <= 0 })
        {
            _leases.Remove(request.Gateway);
            return Grant(0, capacity, now);
        }

        var held = Math.Max(0, request.Held);
        var slots = Share(request, held, capacity, now);
        var lease = new Lease(
            request.Sequence, slots, Math.Max(slots, held), Math.Max(0, Math.Min(request.Wanted, capacity) - slots), now + LeaseTimeToLive);
        _leases[request.Gateway] = lease;
        return Grant(slots, capacity, now);
    }

    // What an earlier book gave may still be in use: until that has ended nothing is known to be spare.
    private SlotGrant Grant(int slots, int capacity, DateTimeOffset now) => new(slots, LeaseTimeToLive)
    {
        Spare = MayHaveForgotten(now) ? 0 : Math.Max(0, capacity - Sum(except: default)),
        MayGrow = MayHaveForgotten(now),
    };

    private bool MayHaveForgotten(DateTimeOffset now) => now - startedAt < LeaseTimeToLive;

    private int Share(in SlotRequest request, int held, int capacity, DateTimeOffset now)
    {
        var free = Math.Max(0, capacity - Sum(except: request.Gateway));
        var gateways = Math.Max(Math.Max(1, request.Gateways), _leases.Count + (_leases.ContainsKey(request.Gateway) ? 0 : 1));
        var equal = Math.Max(1, capacity / gateways);
        var most = free - Owed(request.Gateway, equal);
        if (MayHaveForgotten(now))
        {
            most = Math.Min(most, Math.Max(held, equal));
        }

        return Math.Clamp(Math.Min(request.Wanted, Math.Max(most, Math.Min(equal, free))), 0, free);
    }

    // What gateways still lack of their equal part is kept for them: who holds everything gives it back as its requests end.
    private int Owed(Guid asking, int equal)
    {
        var owed = 0;
        foreach (var (gateway, lease) in _leases)
        {
            if (gateway != asking)
            {
                owed += Math.Min(lease.Lacking, Math.Max(0, equal - lease.Slots));
            }
        }

        return owed;
    }

    private int Sum(Guid except)
    {
        var sum = 0;
        foreach (var (gateway, lease) in _leases)
        {
            sum += gateway == except ? 0 : lease.Counted;
        }

        return sum;
    }

    private void Expire(DateTimeOffset now)
    {
        foreach (var (gateway, lease) in _leases)
        {
            if (lease.EndsAt <= now)
            {
                _leases.Remove(gateway);
            }
        }
    }

    /// <summary>What one gateway has.</summary>
    /// <param name="Sequence">Of the request that it was given for.</param>
    /// <param name="Slots">What it may have in use.</param>
    /// <param name="Counted">What it may still have in use from before; at least <paramref name="Slots"/>.</param>
    /// <param name="Lacking">What it wanted beyond that.</param>
    /// <param name="EndsAt">When it ends, on this book's clock.</param>
    private readonly record struct Lease(long Sequence, int Slots, int Counted, int Lacking, DateTimeOffset EndsAt);
}

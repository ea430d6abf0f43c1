using System.Diagnostics.CodeAnalysis;

namespace ProxyCluster.Core.Batching;

/// <summary>
/// Joins requests of one key into calls (SPEC section 6). The window is adaptive: a request that finds no call of its key
/// on the way goes at once, without a timer; while calls are on their way others gather, until they are as many as one
/// call takes, the first of them has waited long enough, or no call is on its way any more.
/// </summary>
/// <remarks>
/// A result reaches the caller whose request it answers; a call that fails fails those in it and nobody else, and a result
/// that is too short fails those it lacks. Who leaves while it gathers is not sent; who leaves later cancels the call only if it was
/// the last to wait for it. Within a key calls begin in the order in which their first requests came. Thread-safe.
/// </remarks>
/// <typeparam name="TKey">What requests must share to be joined.</typeparam>
/// <typeparam name="TItem">A request.</typeparam>
/// <typeparam name="TResult">Its result.</typeparam>
[SuppressMessage("Reliability", "CA2000", Justification = "Timers are disposed of with the group that they end the wait of.")]
public sealed class Batcher<TKey, TItem, TResult>
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, BatchLane<TKey, TItem, TResult>> _lanes = [];
    private readonly Func<TKey, BatchLimits> _limits;
    private readonly Func<int> _maxQueued;
    private readonly Func<TKey, Batch<TItem>, Task<IReadOnlyList<TResult>>> _send;
    private readonly TimeProvider _clock;
    private int _queued;
    private bool _isClosed;

    /// <summary>Makes one.</summary>
    /// <param name="limits">Those of a key, asked whenever a request of it comes.</param>
    /// <param name="maxQueued">How many requests of all keys may wait; who finds so many waiting goes at once, with those of its key.</param>
    /// <param name="send">Makes the call. Its results stand in the order of the items; further ones are not looked at.</param>
    /// <param name="clock">For waits, and for the time that calls take.</param>
    public Batcher(
        Func<TKey, BatchLimits> limits, Func<int> maxQueued, Func<TKey, Batch<TItem>, Task<IReadOnlyList<TResult>>> send, TimeProvider clock)
    {
        _limits = limits;
        _maxQueued = maxQueued;
        _send = send;
        _clock = clock;
    }

    /// <summary>How many requests wait for others now.</summary>
    public int Queued
    {
        get
        {
            lock (_lock)
            {
                return _queued;
            }
        }
    }

    /// <summary>
    /// Takes an idle key's turn for a call that the caller makes itself, without joining anybody: others gather meanwhile.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="turn">To be disposed of when the call is over.</param>
    /// <returns><see langword="false"/>: calls of the key are on their way.</returns>
    public bool TryBegin(TKey key, out BatchTurn turn)
    {
        lock (_lock)
        {
            if (_lanes.ContainsKey(key) && !_isClosed)
            {
                turn = default;
                return false;
            }

            var lane = LaneOf(key);
            lane.InFlight++;
            var started = _clock.GetTimestamp();
            turn = new BatchTurn(() => End(lane, started));
            return true;
        }
    }

    /// <summary>Sends a request, with others where there are any.</summary>
    /// <param name="key">What it shares with those it may go with.</param>
    /// <param name="item">The request.</param>
    /// <param name="size">What it takes of a call. One that is larger than a call allows goes alone.</param>
    /// <param name="callerLeft">The caller waits no more.</param>
    /// <returns>The request's own result.</returns>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    /// <exception cref="ResultMissingException">The result holds nothing for it.</exception>
    public async Task<TResult> JoinAsync(TKey key, TItem item, ItemSize size, CancellationToken callerLeft)
    {
        callerLeft.ThrowIfCancellationRequested();
        var member = new BatchMember<TItem, TResult>(item, size);
        BatchLane<TKey, TItem, TResult> lane;
        BatchGroup<TItem, TResult>? earlier = null;
        BatchGroup<TItem, TResult>? own;
        lock (_lock)
        {
            var limits = _limits(key);
            lane = LaneOf(key);
            if (lane.Gathering is { } gathering && !gathering.HasRoomFor(size, limits))
            {
                earlier = Seal(lane);
            }

            own = Place(lane, member, limits);
        }

        Send(lane, earlier);
        Send(lane, own);
        using var leaving = callerLeft.UnsafeRegister((_, token) => Leave(lane, member, token), null);
        return await member.Result.ConfigureAwait(false);
    }

    /// <summary>Sends all who wait; from now on nobody waits.</summary>
    public void Close()
    {
        List<(BatchLane<TKey, TItem, TResult> Lane, BatchGroup<TItem, TResult> Group)> all;
        lock (_lock)
        {
            _isClosed = true;
            all = [.. _lanes.Values.Where(static lane => lane.Gathering is not null).Select(lane => (lane, Seal(lane)))];
        }

        foreach (var (lane, group) in all)
        {
            Send(lane, group);
        }
    }

    private BatchLane<TKey, TItem, TResult> LaneOf(TKey key)
    {
        if (!_lanes.TryGetValue(key, out var lane))
        {
            _lanes[key] = lane = new BatchLane<TKey, TItem, TResult>(key);
        }

        return lane;
    }

    // Null: it waits for others.
    private BatchGroup<TItem, TResult>? Place(BatchLane<TKey, TItem, TResult> lane, BatchMember<TItem, TResult> member, BatchLimits limits)
    {
        var group = lane.Gathering ??= new BatchGroup<TItem, TResult>(_clock.GetTimestamp());
        group.Add(member);
        _queued++;
        var window = lane.WindowOf(limits);
        if (_isClosed || lane.InFlight == 0 || group.IsFull(limits) || _queued > _maxQueued() || window <= TimeSpan.Zero)
        {
            return Seal(lane);
        }

        group.Timer ??= _clock.CreateTimer(_ => Expire(lane, group), null, window, Timeout.InfiniteTimeSpan);
        return null;
    }

    private BatchGroup<TItem, TResult> Seal(BatchLane<TKey, TItem, TResult> lane)
    {
        var group = lane.Gathering!;
        lane.Gathering = null;
        lane.InFlight++;
        _queued -= group.Count;
        group.Seal();
        return group;
    }

    private void Expire(BatchLane<TKey, TItem, TResult> lane, BatchGroup<TItem, TResult> group)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(lane.Gathering, group))
            {
                return;
            }

            Seal(lane);
        }

        Send(lane, group);
    }

    private void Leave(BatchLane<TKey, TItem, TResult> lane, BatchMember<TItem, TResult> member, CancellationToken callerLeft)
    {
        BatchGroup<TItem, TResult>? abandoned = null;
        lock (_lock)
        {
            if (member.Group is { } group)
            {
                _queued -= group.IsSealed ? 0 : 1;
                var isLast = group.Remove(member);
                if (isLast && group.IsSealed)
                {
                    abandoned = group;
                }
                else if (isLast)
                {
                    group.Timer?.Dispose();
                    lane.Gathering = null;
                }
            }
        }

        member.Leave(callerLeft);
        abandoned?.CancelCall();
    }

    private void Send(BatchLane<TKey, TItem, TResult> lane, BatchGroup<TItem, TResult>? group)
    {
        if (group is not null)
        {
            _ = SendAsync(lane, group);
        }
    }

    private async Task SendAsync(BatchLane<TKey, TItem, TResult> lane, BatchGroup<TItem, TResult> group)
    {
        var started = _clock.GetTimestamp();
        try
        {
            var results = await _send(lane.Key, group.ToBatch(_clock.GetElapsedTime(group.OpenedAt, started))).ConfigureAwait(false);
            Settle(group);
            group.Complete(results);
        }
        catch (Exception failure)
        {
            // Whatever it is, those in the call are told: nobody else waits for it.
            Settle(group);
            group.Fail(failure);
        }
        finally
        {
            End(lane, started);
        }
    }

    private void Settle(BatchGroup<TItem, TResult> group)
    {
        lock (_lock)
        {
            group.Settle();
        }
    }

    private void End(BatchLane<TKey, TItem, TResult> lane, long started)
    {
        BatchGroup<TItem, TResult>? next = null;
        lock (_lock)
        {
            lane.NoteCall(_clock.GetElapsedTime(started));
            lane.InFlight--;
            if (lane.InFlight == 0)
            {
                next = lane.Gathering is null ? null : Seal(lane);
            }

            if (lane.InFlight == 0)
            {
                _lanes.Remove(lane.Key);
            }
        }

        Send(lane, next);
    }
}

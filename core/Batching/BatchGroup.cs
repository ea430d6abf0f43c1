using System.Diagnostics.CodeAnalysis;

namespace ProxyCluster.Core.Batching;

/// <summary>Requests that gather for one call, or are on their way in it. Guarded by the batcher's lock until it is sent.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer holds nothing; the call's token outlives the group.")]
internal sealed class BatchGroup<TItem, TResult>(long openedAt)
{
    private readonly List<BatchMember<TItem, TResult>> _members = [];
    private readonly CancellationTokenSource _allLeft = new();
    private ItemSize _size;
    private int _waiting;

    /// <summary>When the first came, as a timestamp.</summary>
    public long OpenedAt => openedAt;

    /// <summary>Ends the wait; <see langword="null"/>: nobody waits for time to pass.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>Whether it gathers no more.</summary>
    public bool IsSealed { get; private set; }

    public int Count => _members.Count;

    public void Add(BatchMember<TItem, TResult> member)
    {
        _members.Add(member);
        _size += member.Size;
        member.Group = this;
    }

    public bool HasRoomFor(ItemSize size, BatchLimits limits) => _members.Count < limits.MaxItems && (_size + size).Fits(limits);

    /// <summary>Whether not even the smallest request has room.</summary>
    public bool IsFull(BatchLimits limits) => !HasRoomFor(ItemSize.One, limits);

    public void Seal()
    {
        IsSealed = true;
        _waiting = _members.Count;
        Timer?.Dispose();
    }

    /// <summary>Takes one out: of the call, if that has not been made yet.</summary>
    /// <returns>Whether nobody is left.</returns>
    public bool Remove(BatchMember<TItem, TResult> member)
    {
        member.Group = null;
        if (IsSealed)
        {
            return --_waiting == 0;
        }

        _members.Remove(member);
        _size -= member.Size;
        return _members.Count == 0;
    }

    /// <summary>The call is over: who leaves now leaves nothing.</summary>
    public void Settle()
    {
        foreach (var member in _members)
        {
            member.Group = null;
        }
    }

    public Batch<TItem> ToBatch(TimeSpan waited) => new([.. _members.Select(static member => member.Item)], waited, _allLeft.Token);

    public void CancelCall() => _allLeft.Cancel();

    public void Complete(IReadOnlyList<TResult> results)
    {
        for (var i = 0; i < _members.Count; i++)
        {
            if (i < results.Count)
            {
                _members[i].Succeed(results[i]);
            }
            else
            {
                _members[i].Fail(new ResultMissingException());
            }
        }
    }

    public void Fail(Exception failure)
    {
        foreach (var member in _members)
        {
            member.Fail(failure);
        }
    }
}

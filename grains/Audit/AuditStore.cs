using System.Globalization;
using Orleans.Storage;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Grains.Audit;

/// <summary>
/// The segments of one log, each a stored state of its own with its own etag. The newest one is written again with each
/// addition; the others only read, and in the end removed.
/// </summary>
internal sealed class AuditStore(IGrainStorage storage, GrainId log)
{
    private const string HeadName = "audit-head";

    private GrainState<AuditHead> _head = new(new AuditHead());
    private GrainState<AuditSegment> _newest = new(new AuditSegment());

    /// <summary>The oldest segment that is kept.</summary>
    public long First => _head.State!.First;

    /// <summary>The newest segment.</summary>
    public long Last { get; private set; }

    /// <summary>What the newest segment holds.</summary>
    public AuditSegment Newest => _newest.State!;

    /// <summary>Finds the log's end.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task LoadAsync()
    {
        _head = new(new AuditHead());
        await StoreFailure.GuardAsync(log, () => storage.ReadStateAsync(HeadName, log, _head));
        Last = _head.State!.Last;
        _newest = await ReadStateAsync(Last);

        // Its segment is written before the head tells of it.
        for (var next = await ReadStateAsync(Last + 1); next.RecordExists; next = await ReadStateAsync(Last + 1))
        {
            Last++;
            _newest = next;
        }
    }

    /// <summary>Reads a segment.</summary>
    /// <returns><see langword="null"/>: it is not there.</returns>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    public async Task<AuditSegment?> ReadAsync(long segment)
    {
        if (segment == Last)
        {
            return Newest;
        }

        var state = await ReadStateAsync(segment);
        return state.RecordExists ? state.State : null;
    }

    /// <summary>Stores the newest segment. When it fails, whether it was stored is not known: load before the next one.</summary>
    /// <param name="segment">The newest, or the next one.</param>
    /// <param name="content">All of it.</param>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote.</exception>
    public async Task WriteAsync(long segment, AuditSegment content)
    {
        // A new segment is written with no etag: it clashes where it is there by now.
        var state = segment == Last ? new GrainState<AuditSegment>(content, _newest.ETag) { RecordExists = _newest.RecordExists } : new GrainState<AuditSegment>(content);
        await StoreFailure.GuardAsync(log, () => storage.WriteStateAsync(NameOf(segment), log, state));
        _newest = state;
        if (segment != Last)
        {
            Last = segment;
            await WriteHeadAsync(First);
        }
    }

    /// <summary>Removes the segments before one. That they go is stored first.</summary>
    /// <param name="first">The oldest one that stays.</param>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote.</exception>
    public async Task RemoveBeforeAsync(long first)
    {
        var gone = First;
        await WriteHeadAsync(first);
        for (var segment = gone; segment < first; segment++)
        {
            var state = await ReadStateAsync(segment);
            if (state.RecordExists)
            {
                await StoreFailure.GuardAsync(log, () => storage.ClearStateAsync(NameOf(segment), log, state));
            }
        }
    }

    private async Task WriteHeadAsync(long first)
    {
        _head.State = new AuditHead { First = first, Last = Last };
        await StoreFailure.GuardAsync(log, () => storage.WriteStateAsync(HeadName, log, _head));
    }

    private async Task<GrainState<AuditSegment>> ReadStateAsync(long segment)
    {
        var state = new GrainState<AuditSegment>(new AuditSegment());
        await StoreFailure.GuardAsync(log, () => storage.ReadStateAsync(NameOf(segment), log, state));
        return state;
    }

    private static string NameOf(long segment) => string.Create(CultureInfo.InvariantCulture, $"audit-{segment}");
}

using System.Collections.Immutable;
using Orleans.Storage;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.Grains.Audit;

/// <summary>The queue of what is to be written, and the writing of it.</summary>
internal sealed partial class AuditGrain
{
    private static TaskCompletionSource<long> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<long> WriteAsync(Waiting waiting)
    {
        if (_waitingEntries + waiting.Entries.Length > MostWaiting)
        {
            throw new OrleansException($"The audit log {_log} has more to store than its store takes.");
        }

        _waiting.Enqueue(waiting);
        _waitingEntries += waiting.Entries.Length;
        if (!_isWriting)
        {
            _isWriting = true;
            _ = WriteAllAsync();
        }

        return waiting.Stored.Task;
    }

    // Runs on the activation's own scheduler: between two awaits nothing else of this grain runs.
    private async Task WriteAllAsync()
    {
        while (_waiting.Count > 0)
        {
            Waiting[] group = [.. _waiting];
            _waiting.Clear();
            _waitingEntries = 0;
            try
            {
                await StoreAsync(group);
            }
            catch (Exception exception)
            {
                Fail(group, exception);
            }
        }

        _isWriting = false;
    }

    private async Task StoreAsync(Waiting[] group)
    {
        if (_storeMayBeAhead)
        {
            await LoadAsync();
        }

        var segment = _store.Last;
        foreach (var waiting in group)
        {
            waiting.Skip = waiting.Batch is null ? 0 : _sources.Counted(waiting.Batch);
            await AddAsync(waiting);
        }

        await FlushAsync();
        foreach (var waiting in group)
        {
            waiting.Stored.SetResult(waiting.Last);
        }

        if (_store.Last != segment)
        {
            await ExpireAsync();
        }
    }

    private async Task AddAsync(Waiting waiting)
    {
        var now = clock.GetUtcNow();
        for (var i = waiting.Skip; i < waiting.Entries.Length; i++)
        {
            // The segment that is full is stored before the next begins, with what it counts and no more.
            if (_chain.Tail.Seq > 0 && AuditLogs.SegmentOf(_chain.Tail.Seq + 1) != AuditLogs.SegmentOf(_chain.Tail.Seq))
            {
                await FlushAsync();
            }

            var addition = _chain.Plan([waiting.Entries[i]], now);
            _chain.Apply(addition);
            _open.AddRange(addition.Lines);
            if (waiting.Batch is { } batch)
            {
                _sources.Count(batch.Gateway, batch.First + i, now);
            }
        }

        waiting.Last = _chain.Tail.Seq;
    }

    private async Task FlushAsync()
    {
        if (_open.Count == 0)
        {
            return;
        }

        var segment = AuditLogs.SegmentOf(_chain.Tail.Seq);
        var lines = segment == _store.Last ? _store.Newest.Lines.AddRange(_open) : [.. _open];
        _storeMayBeAhead = true;
        await _store.WriteAsync(segment, new AuditSegment { Lines = lines, Sources = _sources.ToStored() });
        _storeMayBeAhead = false;
        _events.Add(_open);
        metrics.Stored(_log, _open.Count);
        _open.Clear();
    }

    private void Fail(Waiting[] group, Exception exception)
    {
        // Numbers were given that the store may not know: it alone says what is in the log.
        _storeMayBeAhead = true;
        _open.Clear();
        metrics.Failed(_log);
        LogNotStored(logger, exception, _log);
        foreach (var waiting in group)
        {
            waiting.Stored.TrySetException(exception);
        }

        if (exception is InconsistentStateException)
        {
            // Another activation writes this log: it goes on alone.
            this.DeactivateOnIdle();
        }
    }

    private async Task ExpireAsync()
    {
        var (first, now) = (_store.First, clock.GetUtcNow());
        var audit = options.CurrentValue.Audit;
        var keep = TimeSpan.FromDays(AuditLogs.IsEvents(_log) ? audit.EventRetentionDays : audit.RetentionDays);
        while (AuditExpiry.IsDue(first, _store.Last, await LastWrittenAsync(first), now, keep, audit.MaxRecords))
        {
            first++;
        }

        if (first == _store.First)
        {
            return;
        }

        var through = AuditLogs.FirstOf(first) - 1;
        await AddAsync(new Waiting([AuditExpiry.Entry(through, now)], null, NewSignal()));
        await FlushAsync();
        await _store.RemoveBeforeAsync(first);
        LogExpired(logger, _log, through);
    }

    private async Task<DateTimeOffset> LastWrittenAsync(long segment) =>
        await _store.ReadAsync(segment) is { Lines: [.., var last] } && AuditLine.Read(last) is { } record ? record.At : DateTimeOffset.MaxValue;

    private sealed class Waiting(ImmutableArray<AuditEntry> entries, AuditBatch? batch, TaskCompletionSource<long> stored)
    {
        public ImmutableArray<AuditEntry> Entries => entries;

        public AuditBatch? Batch => batch;

        public TaskCompletionSource<long> Stored => stored;

        public int Skip { get; set; }

        public long Last { get; set; }
    }
}

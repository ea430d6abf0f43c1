using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.Grains.Audit;

/// <summary>Puts a mailbox and a store around <see cref="AuditChain"/>.</summary>
/// <remarks>
/// What comes while a write is under way is stored together by the next one: the first never waits, and a write takes some
/// milliseconds. A write that fails leaves its outcome unknown: the log's end is read again before the next record is
/// numbered, and what was told under a number is counted by that number.
/// </remarks>
[GrainType("pc.audit")]
internal sealed partial class AuditGrain(
    IGrainContext context,
    [FromKeyedServices("Default")] IGrainStorage storage,
    AuditKeys keys,
    IOptionsMonitor<ProxyClusterOptions> options,
    AuditMetrics metrics,
    TimeProvider clock,
    ILogger<AuditGrain> logger) : IGrainBase, IAuditGrain
{
    /// <summary>Entries that wait for the store at most.</summary>
    internal const int MostWaiting = 4096;

    private readonly string _log = context.GrainId.Key.ToString()!;
    private readonly AuditStore _store = new(storage, context.GrainId);
    private readonly AuditChain _chain = new(context.GrainId.Key.ToString()!, keys);
    private readonly AuditSources _sources = new();
    private readonly RecentEvents _events = new();
    private readonly Queue<Waiting> _waiting = new();

    // Numbered, and not yet stored.
    private readonly List<string> _open = [];
    private int _waitingEntries;
    private bool _isWriting;
    private bool _storeMayBeAhead;

    IGrainContext IGrainBase.GrainContext => context;

    /// <inheritdoc/>
    public async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await LoadAsync();
        await _events.LoadAsync(_log, _store);
        if (!keys.IsSecret)
        {
            LogUnsealed(logger, _log);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> RecordAsync(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return await WriteAsync(new Waiting([entry], null, NewSignal()));
    }

    /// <inheritdoc/>
    public async ValueTask ReportAsync(AuditBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await WriteAsync(new Waiting(batch.Entries, batch, NewSignal()));
    }

    /// <inheritdoc/>
    public async ValueTask<AuditPage> ReadAsync(AuditQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return await new AuditReader(_store).ReadAsync(query);
    }

    /// <inheritdoc/>
    public ValueTask<AuditExtent> ExtentAsync() => new(new AuditExtent(AuditLogs.FirstOf(_store.First), _chain.Tail));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<string>> EventsAsync() => new(_events.Lines());

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

    private async Task LoadAsync()
    {
        await _store.LoadAsync();
        _sources.Load(_store.Newest.Sources);
        _chain.Resume(StoredTail.Of(_store, out var isDamaged));
        if (isDamaged)
        {
            LogDamaged(logger, _log, _store.Last);
        }

        _storeMayBeAhead = false;
    }

    [LoggerMessage(3301, LogLevel.Error, "The audit log {Log} could not be written")]
    private static partial void LogNotStored(ILogger logger, Exception exception, string log);

    [LoggerMessage(3302, LogLevel.Error, "Segment {Segment} of the audit log {Log} is damaged or gone: verify the log")]
    private static partial void LogDamaged(ILogger logger, string log, long segment);

    [LoggerMessage(3303, LogLevel.Warning, "The audit log {Log} is sealed without a secret, because none is configured: set Audit:Key or Auth:Pepper")]
    private static partial void LogUnsealed(ILogger logger, string log);

    [LoggerMessage(3304, LogLevel.Information, "Records of the audit log {Log} up to {Through} have expired")]
    private static partial void LogExpired(ILogger logger, string log, long through);

    private sealed class Waiting(ImmutableArray<AuditEntry> entries, AuditBatch? batch, TaskCompletionSource<long> stored)
    {
        public ImmutableArray<AuditEntry> Entries => entries;

        public AuditBatch? Batch => batch;

        public TaskCompletionSource<long> Stored => stored;

        public int Skip { get; set; }

        public long Last { get; set; }
    }
}

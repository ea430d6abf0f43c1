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
}

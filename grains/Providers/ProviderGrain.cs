using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.GrainInterfaces.Routing;
using ProxyCluster.Grains.Routing;

namespace ProxyCluster.Grains.Providers;

/// <summary>Keeps one definition and puts a mailbox, a clock and a store around <see cref="ProviderHistory"/> and <see cref="Core.Providers.Circuits.ProviderWatch"/>, which decide.</summary>
/// <remarks>
/// Definitions of the API are told to the routing table after they are stored and before they are acknowledged; where
/// that fails in between, the grain tells it again from a timer and whenever it is activated. Definitions of files come
/// from the routing table itself, which publishes them.
/// </remarks>
[GrainType("pc.provider")]
internal sealed partial class ProviderGrain(
    IGrainContext context,
    [PersistentState("state")] IPersistentState<ProviderState> store,
    [PersistentState("circuit")] IPersistentState<ProviderCircuitState> circuitStore,
    IGrainFactory grains,
    IOptionsMonitor<ProxyClusterOptions> options,
    CircuitMetrics circuitMetrics,
    TimeProvider clock,
    ILogger<ProviderGrain> logger) : IGrainBase, IProviderGrain
{
    private static readonly TimeSpan ScorePeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan QuietScorePeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RepeatPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetellPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetellAfterFailure = TimeSpan.FromSeconds(1);

    private readonly string _name = context.GrainId.Key.ToString()!;
    private readonly ProviderHistory _history = new();
    private ImmutableArray<ProviderScore> _told = [];
    private DateTimeOffset _nextScore;
    private DateTimeOffset _nextRepeat;
    private DateTimeOffset _nextTell;
    private bool _dirty;
    private bool _telling;
    private bool _isUrgent;

    IGrainContext IGrainBase.GrainContext => context;

    private ProviderDefinition? Definition => store.State.Definition;

    private IRoutingTableGrain Table => grains.GetGrain<IRoutingTableGrain>(RoutingTable.Key);

    /// <inheritdoc/>
    public Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Interleaved, so that a slow routing table never keeps reports waiting; _telling and _storing keep ticks apart.
        this.RegisterGrainTimer(
            TickAsync,
            new GrainTimerCreationOptions { DueTime = ScorePeriod, Period = ScorePeriod, Interleave = true });
        _nextTell = clock.GetUtcNow();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ProviderDescription?> DescribeAsync() =>
        new(Definition is { } definition ? Describe(definition, clock.GetUtcNow()) : null);

    /// <inheritdoc/>
    public async ValueTask<DefinitionChange> SetAsync(ProviderDefinition definition, long? expectedVersion)
    {
        if (definition.Name != _name)
        {
            throw new ArgumentException($"The definition of '{definition.Name}' was sent to the grain of '{_name}'.", nameof(definition));
        }

        if (Refuse(definition.Source, expectedVersion) is { } refusal)
        {
            return refusal;
        }

        if (Definition is { } current && DefinitionHash.Of(current) == DefinitionHash.Of(definition))
        {
            await TellAsync(current);
            return new DefinitionChange(DefinitionChangeResult.Stored, current.Version);
        }

        var before = Definition;
        var version = store.State.LastVersion + 1;
        var next = definition with { Version = version };
        if (!await StoreAsync(new ProviderState { Definition = next, LastVersion = version }))
        {
            return new DefinitionChange(DefinitionChangeResult.StoreUnavailable, Definition?.Version ?? 0);
        }

        _history.Retain(next);
        RenewWatch(before, next);
        _dirty = true;
        await TellAsync(next);
        return new DefinitionChange(DefinitionChangeResult.Stored, version);
    }

    /// <inheritdoc/>
    public async ValueTask<DefinitionChange> RemoveAsync(long? expectedVersion, DefinitionSource source)
    {
        if (Definition is not { } definition)
        {
            return new DefinitionChange(DefinitionChangeResult.NotFound, 0);
        }

        if (Refuse(source, expectedVersion) is { } refusal)
        {
            return refusal;
        }

        if (!await StoreAsync(new ProviderState { LastVersion = store.State.LastVersion }))
        {
            return new DefinitionChange(DefinitionChangeResult.StoreUnavailable, definition.Version);
        }

        RenewWatch(definition, after: null);
        if (source == DefinitionSource.Api)
        {
            await TellGoneAsync();
        }

        return new DefinitionChange(DefinitionChangeResult.Stored, 0);
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(OutcomeBatch batch)
    {
        var now = clock.GetUtcNow();
        if (Definition is not { } definition || !_history.Begin(batch.Gateway, batch.Sequence, batch.InFlight, now))
        {
            return ValueTask.CompletedTask;
        }

        Note(batch, definition, now);
        return ValueTask.CompletedTask;
    }

    private DefinitionChange? Refuse(DefinitionSource source, long? expectedVersion)
    {
        var version = Definition?.Version ?? 0;
        if (Definition is { } current && (current.Source == DefinitionSource.Api) != (source == DefinitionSource.Api))
        {
            return new DefinitionChange(
                source == DefinitionSource.Api ? DefinitionChangeResult.ManagedByFile : DefinitionChangeResult.ManagedByApi,
                version);
        }

        return expectedVersion is { } expected && expected != version
            ? new DefinitionChange(DefinitionChangeResult.VersionMismatch, version)
            : null;
    }

    private async Task<bool> StoreAsync(ProviderState next)
    {
        var previous = store.State;
        store.State = next;
        try
        {
            await store.WriteStateAsync();
            return true;
        }
        catch (Exception exception)
        {
            store.State = previous;
            LogNotStored(logger, exception, _name);
            if (exception is InconsistentStateException)
            {
                // Another activation has written, or an earlier write arrived after all: only the store knows what holds.
                this.DeactivateOnIdle();
            }

            return false;
        }
    }

    private async Task TellAsync(ProviderDefinition definition)
    {
        if (definition.Source != DefinitionSource.Api)
        {
            return;
        }

        _nextTell = clock.GetUtcNow() + RetellAfterFailure;
        await Table.UpsertAsync(definition);
        _nextTell = clock.GetUtcNow() + RetellPeriod;
    }

    private async Task TellGoneAsync()
    {
        _nextTell = clock.GetUtcNow() + RetellAfterFailure;
        await Table.DropAsync(_name);
        _nextTell = clock.GetUtcNow() + RetellPeriod;
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        // Side by side: neither a silent table nor a silent store is to keep the other waiting.
        await Task.WhenAll(_storing ? Task.CompletedTask : StoreCircuitWhenDueAsync(), TellInTurnAsync());
    }

    private async Task TellInTurnAsync()
    {
        if (_telling)
        {
            return;
        }

        _telling = true;
        try
        {
            do
            {
                _isUrgent = false;
                await TellWhenDueAsync();
            }
            while (_isUrgent);
        }
        catch (Exception exception)
        {
            LogTableSilent(logger, exception, _name);
        }
        finally
        {
            _telling = false;
        }
    }

    private async Task TellWhenDueAsync()
    {
        await RetellWhenDueAsync();
        await ScoreWhenDueAsync();
    }

    private async Task RetellWhenDueAsync()
    {
        if (clock.GetUtcNow() < _nextTell)
        {
            return;
        }

        if (Definition is { } definition)
        {
            await TellAsync(definition);
        }
        else if (store.State.LastVersion > 0)
        {
            await TellGoneAsync();
        }
    }

    // Status and load also change by time alone: failures are forgotten, silent gateways too. Unchanged scores are
    // repeated for a routing table that lost its silo.
    private async Task ScoreWhenDueAsync()
    {
        var now = clock.GetUtcNow();
        if (Definition is not { } definition || (!_dirty && now < _nextScore && Watch.Face(now) == _toldFace))
        {
            return;
        }

        _dirty = false;
        _toldFace = Watch.Face(now);
        _nextScore = now + QuietScorePeriod;
        var scores = Scores(definition, now);
        if (scores.SequenceEqual(_told) && now < _nextRepeat)
        {
            return;
        }

        try
        {
            await Table.ScoreAsync(new ProviderScores(_name, scores));
            _told = scores;
            _nextRepeat = now + RepeatPeriod;
        }
        catch
        {
            _dirty = true;
            throw;
        }
    }

    [LoggerMessage(RoutingEventIds.ProviderNotStored, LogLevel.Error, "The definition of {Provider} could not be stored; nothing was changed")]
    private static partial void LogNotStored(ILogger logger, Exception exception, string provider);

    [LoggerMessage(RoutingEventIds.RoutingTableSilent, LogLevel.Warning, "The routing table does not answer {Provider}; it is told again")]
    private static partial void LogTableSilent(ILogger logger, Exception exception, string provider);
}

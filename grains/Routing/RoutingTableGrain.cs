using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.Grains.Routing;

/// <summary>
/// Hands snapshots to the silos' relays. Stores whole definitions, so that after a lost silo one read answers every poll.
/// </summary>
/// <remarks>
/// Calls interleave, because provider grains tell their definitions while a file's are being handed to them; changes of
/// the stored state take turns at a gate, which is never held while a provider grain is called.
/// </remarks>
[GrainType("pc.routing-table")]
internal sealed partial class RoutingTableGrain(
    IGrainContext context,
    [PersistentState("state")] IPersistentState<RoutingTableState> store,
    IGrainFactory grains,
    TimeProvider clock,
    ILogger<RoutingTableGrain> logger) : IGrainBase, IRoutingTableGrain, IDisposable
{
    private static readonly TimeSpan ScorePeriod = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly GatewayRegistry _gateways = new();
    private readonly ScoreBoard _scores = new();
    private readonly FileRegistry _files = new(clock.GetUtcNow());
    private RoutingTableState _state = new();
    private RoutingDefinitions _definitions = RoutingDefinitions.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    IGrainContext IGrainBase.GrainContext => context;

    private FileClaim InForce => new("", _state.Generation, _state.FileHash);

    /// <inheritdoc/>
    public Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = store.RecordExists ? store.State : new RoutingTableState { Epoch = Guid.NewGuid() };
        _definitions = _state.ToDefinitions();
        this.RegisterGrainTimer(
            PublishScores,
            new GrainTimerCreationOptions { DueTime = ScorePeriod, Period = ScorePeriod, Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<FilePublication> PublishFileAsync(FileDefinitions file)
    {
        var claim = new FileClaim(file.Process, file.Generation, file.ContentHash);
        var decision = _files.Decide(claim, file.IsWholeCluster, InForce, clock.GetUtcNow());
        switch (decision)
        {
            case FileDecision.InForce:
                return Answer(FilePublicationResult.InForce);
            case FileDecision.Superseded:
                return Answer(FilePublicationResult.Superseded);
            case FileDecision.Drifted:
                LogDrifted(logger, file.Process, file.Generation);
                return Answer(FilePublicationResult.Drifted);
            default:
                return await TakeAsync(file);
        }
    }

    /// <inheritdoc/>
    public async ValueTask UpsertAsync(ProviderDefinition definition)
    {
        await ChangeAsync(state =>
        {
            var known = state.Find(definition.Name);
            return known is not null && known.Source == definition.Source && known.Version >= definition.Version
                ? null
                : state.Next(state.Providers.Where(p => p.Name != definition.Name).Append(definition));
        });
    }

    /// <inheritdoc/>
    public async ValueTask DropAsync(string provider)
    {
        // A file's provider leaves with its file; a late word of an API definition of the same name does not concern it.
        await ChangeAsync(state => state.Find(provider) is { Source: DefinitionSource.Api }
            ? state.Next(state.Providers.Where(p => p.Name != provider))
            : null);
    }

    /// <inheritdoc/>
    public ValueTask ScoreAsync(ProviderScores scores)
    {
        // Who is to be left alone, or may be asked again, is told at once; all else four times a second.
        if (_state.Find(scores.Provider) is not null && _scores.Take(scores))
        {
            Publish();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<RoutingUpdate> RelayAsync(RelayPoll poll)
    {
        var start = clock.GetUtcNow();
        foreach (var gateway in poll.Gateways)
        {
            _gateways.Note(new GatewayPoll(gateway.Gateway, gateway.Name, gateway.Definitions, start - gateway.Age), start);
        }

        var wait = TimeSpan.FromTicks(Math.Clamp(poll.Wait.Ticks, 0, RoutingTable.LongestWait.Ticks));
        if (wait > TimeSpan.Zero && poll.Definitions == _definitions.Version && poll.Scores == _scores.Current.Version)
        {
            using var answered = new CancellationTokenSource();
            await Task.WhenAny(_changed.Task, Task.Delay(wait, clock, answered.Token));
            await answered.CancelAsync();
        }

        return new RoutingUpdate(
            poll.Definitions == _definitions.Version ? null : _definitions,
            poll.Scores == _scores.Current.Version ? null : _scores.Current,
            Math.Max(1, _gateways.Active(clock.GetUtcNow())));
    }

    /// <inheritdoc/>
    public ValueTask<RoutingTableStatus> StatusAsync()
    {
        var now = clock.GetUtcNow();
        return new(new RoutingTableStatus(
            _definitions.Version,
            _scores.Current.Version,
            _state.Generation,
            [.. _files.Live(now).Select(f => new FileStatus(f.Process, f.Generation, f.ContentHash != _state.FileHash))],
            [.. _gateways.Live(now).Select(g => new GatewayStatus(g.Name, g.Definitions, g.LastPoll))]));
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private FilePublication Answer(FilePublicationResult result, ImmutableArray<string> clashes = default) =>
        new(result, _state.Generation, clashes.IsDefault ? [] : clashes);

    private async Task<FilePublication> TakeAsync(FileDefinitions file)
    {
        ImmutableArray<string> clashes =
            [.. file.Providers.Where(p => _state.Find(p.Name) is { Source: DefinitionSource.Api }).Select(p => p.Name)];
        if (clashes.Length > 0)
        {
            LogClash(logger, file.Process, string.Join(", ", clashes));
            return Answer(FilePublicationResult.NameClash, clashes);
        }

        var sets = await Task.WhenAll(file.Providers.Select(SetAsync));
        clashes = [.. sets.Where(s => s.Change.Result == DefinitionChangeResult.ManagedByApi).Select(s => s.Definition.Name)];
        if (clashes.Length > 0)
        {
            return Answer(FilePublicationResult.NameClash, clashes);
        }

        var removals = await Task.WhenAll(_state.Providers
            .Where(p => p.Source != DefinitionSource.Api && !file.Providers.Any(f => f.Name == p.Name))
            .Select(RemoveAsync));
        if (sets.Any(s => s.Change.Result != DefinitionChangeResult.Stored) || removals.Contains(DefinitionChangeResult.StoreUnavailable))
        {
            return Answer(FilePublicationResult.StoreUnavailable);
        }

        var providers = sets.Select(s => s.Definition with { Version = s.Change.Version }).ToList();
        var stored = await TryChangeAsync(state => state.Next(
            state.Providers.Where(p => p.Source == DefinitionSource.Api).Concat(providers),
            (file.Generation, file.ContentHash, file.Aliases)));
        if (!stored)
        {
            return Answer(FilePublicationResult.StoreUnavailable);
        }

        LogTaken(logger, file.Process, file.Generation, file.Providers.Length, file.Aliases.Length);
        return Answer(FilePublicationResult.InForce);
    }

    private async Task<(ProviderDefinition Definition, DefinitionChange Change)> SetAsync(ProviderDefinition definition) =>
        (definition, await grains.GetGrain<IProviderGrain>(definition.Name).SetAsync(definition, expectedVersion: null));

    private async Task<DefinitionChangeResult> RemoveAsync(ProviderDefinition definition) =>
        (await grains.GetGrain<IProviderGrain>(definition.Name).RemoveAsync(expectedVersion: null, definition.Source)).Result;

    private async Task<bool> TryChangeAsync(Func<RoutingTableState, RoutingTableState?> change)
    {
        try
        {
            await ChangeAsync(change);
            return true;
        }
        catch (OrleansException)
        {
            return false;
        }
    }

    private async Task ChangeAsync(Func<RoutingTableState, RoutingTableState?> change)
    {
        await _gate.WaitAsync();
        try
        {
            if (change(_state) is not { } next)
            {
                return;
            }

            store.State = next;
            await store.WriteStateAsync();
            _state = next;
            _definitions = next.ToDefinitions();
            DropScoresOfTheGone();
            Wake();
        }
        catch (Exception exception)
        {
            store.State = _state;
            LogNotStored(logger, exception);
            if (exception is InconsistentStateException)
            {
                // Another activation has written, or an earlier write arrived after all: only the store knows what holds.
                this.DeactivateOnIdle();
            }

            throw new OrleansException("The routing table could not be stored; nothing was changed.", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    private void DropScoresOfTheGone()
    {
        foreach (var gone in _scores.Current.Scores.Select(s => s.Provider).Distinct().Where(p => _state.Find(p) is null))
        {
            _scores.Drop(gone);
        }
    }

    private Task PublishScores(CancellationToken cancellationToken)
    {
        if (_scores.IsDirty)
        {
            Publish();
        }

        return Task.CompletedTask;
    }

    private void Publish()
    {
        _scores.Publish();
        Wake();
    }

    private void Wake()
    {
        var waiting = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.TrySetResult();
    }

    [LoggerMessage(RoutingEventIds.TableNotStored, LogLevel.Error, "The routing table could not be stored; nothing was changed")]
    private static partial void LogNotStored(ILogger logger, Exception exception);

    [LoggerMessage(RoutingEventIds.FileTaken, LogLevel.Information, "The file of {Process}, generation {Generation}, is in force: {Providers} providers, {Aliases} aliases")]
    private static partial void LogTaken(ILogger logger, string process, long generation, int providers, int aliases);

    [LoggerMessage(RoutingEventIds.FileDrifted, LogLevel.Warning, "The file of {Process} differs from the one in force, though both are generation {Generation}")]
    private static partial void LogDrifted(ILogger logger, string process, long generation);

    [LoggerMessage(RoutingEventIds.NameClash, LogLevel.Error, "The file of {Process} names providers that the admin API made: {Clashes}; nothing of it was taken")]
    private static partial void LogClash(ILogger logger, string process, string clashes);
}

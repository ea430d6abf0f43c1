using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>How what was heard becomes the snapshot in force.</summary>
internal sealed partial class RoutingFeed
{
    private void Take(RoutingUpdate update)
    {
        NoteHearing(update);
        lock (_replacing)
        {
            var before = _current;
            var isStale = Silence > StaleAfter;
            if (update is { Definitions: null, Scores: null } && before.IsStale == isStale && before.ActiveGateways == update.ActiveGateways)
            {
                return;
            }

            var definitions = update.Definitions ?? before.Definitions;
            var scores = update.Scores ?? before.Scores;
            var index = update.Definitions is not null ? Index(definitions, scores)
                : update.Scores is not null ? before.Index.WithScores(scores)
                : before.Index;
            Volatile.Write(
                ref _current,
                new RoutingSnapshot(definitions, scores, Math.Max(1, update.ActiveGateways), isStale, index));
        }

        if (update.Definitions is not null)
        {
            WriteToDiskSoon();
        }
    }

    private void Replace(RoutingDefinitions definitions, bool isStale)
    {
        lock (_replacing)
        {
            var index = Index(definitions, _current.Scores);
            Volatile.Write(
                ref _current,
                _current with { Definitions = definitions, Index = index, IsStale = isStale });
        }
    }

    private RoutingIndex Index(RoutingDefinitions definitions, ScoreVector scores) => RoutingIndex.Build(
        definitions,
        scores,
        ScoreWeights.From(options.CurrentValue.Routing.Weights),
        setup.Ceiling,
        DefinitionMapping.ToRegions(options.CurrentValue.Regions),
        ScoreRules.From(options.CurrentValue.Routing));

    private void OnConfigurationChanged()
    {
        // Weights are this process's own and count at once, and so does the file where no cluster has been heard yet.
        var own = OwnFile();
        lock (_replacing)
        {
            var isOwn = _current.Definitions.Version == SnapshotVersion.None && !own.IsWholeCluster;
            var definitions = isOwn ? new RoutingDefinitions(SnapshotVersion.None, own.Providers, own.Aliases) : _current.Definitions;
            Volatile.Write(ref _current, _current with { Definitions = definitions, Index = Index(definitions, _current.Scores) });
        }

        var waiting = Interlocked.Exchange(ref _fileChanged, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        waiting.TrySetResult();
    }

    private void NoteHearing(RoutingUpdate update)
    {
        // What counts is when the relay heard the table. One that has heard less than the relay before it does not make
        // older what it leaves as it is.
        var heard = clock.GetTimestamp() - (long)(update.Age.TotalSeconds * clock.TimestampFrequency);
        if (update.Definitions is not null || heard > Volatile.Read(ref _lastHeard))
        {
            Volatile.Write(ref _lastHeard, heard);
        }

        // Silence for as long as a wait is the usual thing: nothing has changed.
        if (Silence > PollDeadline)
        {
            NoteSilence($"the silo's relay has heard nothing of it for {update.Age.TotalSeconds:F0} s");
        }
        else if (_silent)
        {
            _silent = false;
            LogHeard(logger);
        }
    }

    private void NoteSilence(string reason)
    {
        if (!_silent)
        {
            _silent = true;
            LogSilent(logger, reason);
        }
    }

    private void NoteAge()
    {
        lock (_replacing)
        {
            if (!_current.IsStale && Silence > StaleAfter)
            {
                Volatile.Write(ref _current, _current with { IsStale = true });
            }
        }
    }

    private void WriteToDiskSoon()
    {
        if (_diskWrite.IsCompleted)
        {
            _diskWrite = WriteLaterAsync();
        }
    }

    private async Task WriteLaterAsync()
    {
        await Task.Delay(DiskDelay, clock, _stopping.Token);
        await Task.Run(WriteToDisk, CancellationToken.None);
    }

    private void WriteToDisk()
    {
        var definitions = Current.Definitions;
        if (definitions.Version != SnapshotVersion.None && definitions.Version != _onDisk && disk.Write(definitions))
        {
            _onDisk = definitions.Version;
        }
    }

    [LoggerMessage(RoutingEventIds.ClusterSilent, LogLevel.Warning, "The routing table does not answer; requests go on with the last snapshot ({Reason})")]
    private static partial void LogSilent(ILogger logger, string reason);

    [LoggerMessage(RoutingEventIds.ClusterHeard, LogLevel.Information, "The routing table answers again")]
    private static partial void LogHeard(ILogger logger);
}

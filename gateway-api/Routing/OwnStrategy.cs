using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using ProxyCluster.Extensions.Routing;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>
/// Lets the operator's own code choose. Whatever is wrong with it, a request is served: by
/// <see cref="IntelligentStrategy"/> instead, said once in the log and counted each time.
/// </summary>
/// <remarks>It runs on a thread of its own, so that one that does not return keeps that thread, and the request goes on.</remarks>
internal sealed partial class OwnStrategy(
    string name, RoutingStrategy strategy, RoutingMetrics metrics, TimeProvider clock, ILogger<OwnStrategy> logger) : IRoutingStrategy
{
    /// <summary>How long it may take. A rule over a few candidates needs microseconds; the rest is for a process that is short of threads.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private const int MostLost = 16;

    private readonly LostCalls _lost = new(MostLost);
    private bool _hasFailed;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        if (_lost.IsFull)
        {
            NoteFault(null, $"{MostLost} of its calls have not returned.");
            return IntelligentStrategy.Instance.Choose(contest);
        }

        var candidates = new RoutingCandidate[contest.Count];
        for (var i = 0; i < candidates.Length; i++)
        {
            candidates[i] = Describe(contest, i);
        }

        var place = Ask(candidates, contest.Request.PromptTokens, contest.Request.OutputTokens, contest.Request.IsStreamed, contest.Random);
        return place >= 0 ? place : IntelligentStrategy.Instance.Choose(contest);
    }

    /// <returns>A candidate's place; -1: it has failed.</returns>
    private int Ask(RoutingCandidate[] candidates, int promptTokens, int outputTokens, bool isStream, double random)
    {
        var call = Task.Run(() => strategy.Choose(new RoutingChoice
        {
            Candidates = candidates,
            PromptTokens = promptTokens,
            OutputTokens = outputTokens,
            IsStream = isStream,
            Random = random,
        }));
        try
        {
            var place = call.WaitAsync(Limit, clock).GetAwaiter().GetResult();
            if (place >= 0 && place < candidates.Length)
            {
                return place;
            }

            NoteFault(null, $"It chose {place} of {candidates.Length} candidates.");
        }
        catch (TimeoutException) when (!call.IsCompleted)
        {
            _lost.Add(call);
            NoteFault(null, $"It has not chosen within {Limit.TotalSeconds} s.");
        }
        catch (Exception exception)
        {
            NoteFault(exception, exception.Message);
        }

        return -1;
    }

    private static RoutingCandidate Describe(in Contest contest, int place)
    {
        var candidate = contest[place];
        var provider = candidate.Provider;
        return new RoutingCandidate
        {
            Provider = provider.Name,
            Model = candidate.UpstreamModel,
            Region = provider.Region,
            Priority = provider.Priority,
            Weight = provider.Weight,
            Place = candidate.Tier,
            InFlight = contest.InFlight(place),
            MaxConcurrency = provider.MaxConcurrency,
            Score = contest.Score(place).Total,
            LatencySeconds = contest.LatencySeconds(place),
            CostDollars = candidate.Price.IsKnown ? contest.Request.CostAt(candidate.Price) : null,
        };
    }

    private void NoteFault(Exception? exception, string what)
    {
        metrics.StrategyFailed(name);
        if (!Interlocked.Exchange(ref _hasFailed, true))
        {
            LogFailed(logger, exception, name, what);
        }
    }

    [LoggerMessage(RoutingEventIds.StrategyFailed, LogLevel.Error, "The routing strategy {Strategy} has failed, and requests go by 'intelligent' where it does: {Fault} Further faults of it are counted only")]
    private static partial void LogFailed(ILogger logger, Exception? exception, string strategy, string fault);
}

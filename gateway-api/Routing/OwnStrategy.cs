using System.Buffers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using ProxyCluster.Extensions.Routing;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>
/// Lets the operator's own code choose. Whatever is wrong with it, a request is served: by
/// <see cref="IntelligentStrategy"/> instead, said once in the log and counted each time.
/// </summary>
internal sealed partial class OwnStrategy(string name, RoutingStrategy strategy, RoutingMetrics metrics, ILogger<OwnStrategy> logger) : IRoutingStrategy
{
    private bool _hasFailed;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        var candidates = ArrayPool<RoutingCandidate>.Shared.Rent(contest.Count);
        try
        {
            for (var i = 0; i < contest.Count; i++)
            {
                candidates[i] = Describe(contest, i);
            }

            var place = strategy.Choose(new RoutingChoice
            {
                Candidates = candidates.AsSpan(0, contest.Count),
                PromptTokens = contest.Request.PromptTokens,
                OutputTokens = contest.Request.OutputTokens,
                IsStream = contest.Request.IsStreamed,
                Random = contest.Random,
            });
            if (place >= 0 && place < contest.Count)
            {
                return place;
            }

            NoteFault(null, $"It chose {place} of {contest.Count} candidates.");
        }
        catch (Exception exception)
        {
            NoteFault(exception, exception.Message);
        }
        finally
        {
            ArrayPool<RoutingCandidate>.Shared.Return(candidates);
        }

        return IntelligentStrategy.Instance.Choose(contest);
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
            CostDollars = candidate.Price.IsKnown ? candidate.Price.Of(contest.Request.PromptTokens, contest.Request.OutputTokens) : null,
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

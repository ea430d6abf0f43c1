using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>What a request can cost at most at whoever may serve it: retries, hedges and models that take over included.</summary>
internal static class WorstCases
{
    private static readonly FallbackReason[] Reasons = Enum.GetValues<FallbackReason>();

    /// <summary>Nano-dollars at the dearest candidate.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="size">Its prompt's.</param>
    /// <param name="snapshot">Who may serve it.</param>
    /// <param name="policy">What is configured.</param>
    /// <param name="isKnown">Whether every candidate has a price.</param>
    public static long NanoDollarsOf(Exchange exchange, in PromptSize size, RoutingSnapshot snapshot, BudgetPolicy policy, out bool isKnown)
    {
        var request = exchange.Request!;
        var worst = new WorstCase(
            size.AtMost,
            request.MaxOutputTokens,
            HasAnswer(exchange.Operation) ? request.PaidChoices : 0,
            size.GoesOn || request.PreviousResponseId is not null)
        {
            LikelyPromptTokens = size.Likely,
            MostAttempts = policy.MostAttempts,
        };
        var set = snapshot.Index.Resolve(exchange.Target);
        isKnown = true;
        var dearest = DearestOf(set, worst, policy, ref isKnown);
        return set.Alias?.Fallbacks is { } fallbacks
            ? Math.Max(dearest, DearestFallback(fallbacks, exchange.Target, snapshot, worst, policy, ref isKnown))
            : dearest;
    }

    /// <summary>Whether an operation's answer is paid for by its length.</summary>
    public static bool HasAnswer(InferenceOperation operation) => operation.IsChat()
        || operation is InferenceOperation.Completions or InferenceOperation.ImageGenerations or InferenceOperation.Speech
            or InferenceOperation.Transcriptions or InferenceOperation.Translations;

    private static long DearestOf(CandidateSet set, in WorstCase worst, BudgetPolicy policy, ref bool isKnown)
    {
        var dearest = 0L;
        for (var i = 0; i < set.Count; i++)
        {
            var cost = worst.NanoDollarsAt(set[i].Entry, policy.UnknownOutputTokens);
            isKnown &= cost is not null;
            dearest = Math.Max(dearest, cost ?? 0);
        }

        return dearest;
    }

    private static long DearestFallback(
        AliasFallbacks first, string target, RoutingSnapshot snapshot, in WorstCase worst, BudgetPolicy policy, ref bool isKnown)
    {
        var dearest = 0L;
        var seen = new HashSet<string>(StringComparer.Ordinal) { target };
        var open = new Stack<AliasFallbacks>([first]);
        while (open.TryPop(out var fallbacks))
        {
            foreach (var model in Reasons.SelectMany(reason => fallbacks.For(reason).AsEnumerable()).Where(seen.Add))
            {
                var set = snapshot.Index.Resolve(model);
                dearest = Math.Max(dearest, DearestOf(set, worst, policy, ref isKnown));
                if (set.Alias?.Fallbacks is { } more)
                {
                    open.Push(more);
                }
            }
        }

        return dearest;
    }
}

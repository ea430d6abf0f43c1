using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Tells clients how they stand against their limits on tokens, in the headers that OpenAI's own clients read.</summary>
internal static class TokenLimitHeaders
{
    /// <summary>Of the budgets that a request counts against, the one with the least left.</summary>
    public static TokenStanding Tightest(Reservation reservation)
    {
        var tightest = default(TokenStanding);
        for (var i = 0; i < reservation.Count; i++)
        {
            var standing = reservation[i].Account is { Limits.HasTokens: true, Subject: { } subject } ? subject.Standing() : default;
            if (standing.Limit > 0 && (tightest.Limit == 0 || standing.Remaining < tightest.Remaining))
            {
                tightest = standing;
            }
        }

        return tightest;
    }

    /// <summary>Sets the three headers.</summary>
    public static void Write(IHeaderDictionary headers, in TokenStanding standing)
    {
        headers["x-ratelimit-limit-tokens"] = NumberText.OfLimit(standing.Limit);
        headers["x-ratelimit-remaining-tokens"] = NumberText.Of(standing.Remaining);
        headers["x-ratelimit-reset-tokens"] = GoDuration.Format(standing.Reset);
    }
}

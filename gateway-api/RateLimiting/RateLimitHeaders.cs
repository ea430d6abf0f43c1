namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Tells clients how they stand, in the headers that OpenAI's own clients read.</summary>
internal static class RateLimitHeaders
{
    /// <summary>Sets the three headers of the most constrained limit; sets nothing where no limit applies.</summary>
    public static void Write(IHeaderDictionary headers, in LimitDecision decision)
    {
        if (decision.Limit <= 0)
        {
            return;
        }

        headers["x-ratelimit-limit-requests"] = NumberText.OfLimit(decision.Limit);
        headers["x-ratelimit-remaining-requests"] = NumberText.Of(decision.Remaining);
        headers["x-ratelimit-reset-requests"] = GoDuration.Format(decision.Reset);
    }
}

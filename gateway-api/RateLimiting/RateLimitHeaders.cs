using System.Globalization;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Tells clients how they stand, in the headers that OpenAI's own clients read.</summary>
internal static class RateLimitHeaders
{
    private const int CachedNumbers = 2048;

    private static readonly string?[] Numbers = new string?[CachedNumbers];

    /// <summary>Sets the three headers of the most constrained limit; sets nothing where no limit applies.</summary>
    public static void Write(IHeaderDictionary headers, in LimitDecision decision)
    {
        if (decision.Limit <= 0)
        {
            return;
        }

        headers["x-ratelimit-limit-requests"] = Number(decision.Limit);
        headers["x-ratelimit-remaining-requests"] = Number(decision.Remaining);
        headers["x-ratelimit-reset-requests"] = GoDuration.Format(decision.Reset);
    }

    // The same few numbers on every response: a string each would be most of the limiter's allocations.
    private static string Number(int value) => (uint)value < CachedNumbers
        ? Numbers[value] ??= value.ToString(CultureInfo.InvariantCulture)
        : value.ToString(CultureInfo.InvariantCulture);
}

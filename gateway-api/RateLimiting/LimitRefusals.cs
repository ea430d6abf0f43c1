using System.Globalization;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>The limiter's refusals: which limit, whose, what it is, when it resets, and that it is the gateway's own.</summary>
internal static class LimitRefusals
{
    private const string Type = "rate_limit_error";

    /// <summary>A window is full.</summary>
    public static Refusal Exceeded(string subject, LimitWindow window, int limit, TimeSpan retryAfter, bool blocked)
    {
        var (code, unit) = Name(window);
        var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
        var reset = blocked
            ? string.Create(CultureInfo.InvariantCulture, $"The limit was passed, so requests are refused for another {seconds} s.")
            : string.Create(CultureInfo.InvariantCulture, $"The next request is possible in {seconds} s.");
        return new Refusal(
            StatusCodes.Status429TooManyRequests,
            Type,
            code,
            string.Create(CultureInfo.InvariantCulture, $"The limit of {limit} requests per {unit} of {Scope(subject)} is reached. {reset} This is the gateway's own limit, not a provider's."))
        {
            RetryAfter = retryAfter,
        };
    }

    /// <summary>The cluster does not answer, and the operator chose to refuse then.</summary>
    public static Refusal LimiterDown() =>
        new(StatusCodes.Status503ServiceUnavailable, "overloaded_error", "limiter_unavailable", "The gateway cannot check your limits now, because its cluster does not answer.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    private static (string Code, string Unit) Name(LimitWindow window) => window switch
    {
        LimitWindow.Hour => ("requests_per_hour", "hour"),
        _ => ("requests_per_minute", "minute"),
    };

    private static string Scope(string subject) =>
        subject.StartsWith("key:", StringComparison.Ordinal) ? $"the API key '{subject.AsSpan(4)}'" : $"'{subject}'";
}

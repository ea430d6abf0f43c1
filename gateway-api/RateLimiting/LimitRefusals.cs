using System.Globalization;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>The limiter's refusals: which limit, whose, what it is, when it resets, and that it is the gateway's own.</summary>
internal static class LimitRefusals
{
    private const string Type = "rate_limit_error";
    private const string Ours = "This is the gateway's own limit, not a provider's.";

    /// <summary>What a client is told.</summary>
    public static Refusal Of(in LevelRefusal refused) => refused.Kind switch
    {
        LimitKind.Down => LimiterDown(),
        LimitKind.Concurrency => Exceeded(
            refused, $"The limit of {refused.Limit} requests in flight of {Scope(refused.Subject)} is reached. The next request is possible when one of them has ended. {Ours}"),
        _ => Exceeded(refused, $"The limit of {refused.Limit} requests per {Unit(refused.Kind)} of {Scope(refused.Subject)} is reached. {Reset(refused)} {Ours}"),
    };

    /// <summary>The cluster does not answer, and the operator chose to refuse then.</summary>
    public static Refusal LimiterDown() =>
        new(StatusCodes.Status503ServiceUnavailable, "overloaded_error", "limiter_unavailable", "The gateway cannot check your limits now, because its cluster does not answer.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    /// <summary>Too many requests from one client address.</summary>
    /// <param name="limit">How many there may be in a minute.</param>
    /// <param name="what">Of what kind.</param>
    /// <param name="retryAfter">How long to stay away.</param>
    public static Refusal Address(int limit, string what, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, Type, "requests_per_address", string.Create(CultureInfo.InvariantCulture, $"The limit of {limit} {what} per minute of your address is reached. {Ours}"))
        {
            RetryAfter = retryAfter,
        };

    private static Refusal Exceeded(in LevelRefusal refused, FormattableString message) =>
        new(StatusCodes.Status429TooManyRequests, Type, LimitKinds.CodeOf(refused.Kind), FormattableString.Invariant(message)) { RetryAfter = refused.RetryAfter };

    private static string Reset(in LevelRefusal refused)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(refused.RetryAfter.TotalSeconds));
        return refused.IsBlock
            ? string.Create(CultureInfo.InvariantCulture, $"The limit was passed, so requests are refused for another {seconds} s.")
            : string.Create(CultureInfo.InvariantCulture, $"The next request is possible in {seconds} s.");
    }

    private static string Unit(LimitKind kind) => kind == LimitKind.Hour ? "hour" : "minute";

    private static string Scope(SubjectLimiter limiter)
    {
        var subject = limiter.Subject;
        var name = subject.AsSpan(subject.IndexOf(':', StringComparison.Ordinal) + 1);
        return limiter.Level switch
        {
            LimitLevel.User => $"the user '{name}'",
            LimitLevel.Team => $"the team '{name}'",
            LimitLevel.Model => $"the model '{name}'",
            LimitLevel.Token => $"this token of the user '{TokenSubject.UserOf(subject)}'",
            _ => subject.StartsWith("key:", StringComparison.Ordinal) ? $"the API key '{name}'" : $"'{subject}'",
        };
    }
}

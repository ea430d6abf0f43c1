using System.Globalization;
using Microsoft.Extensions.Primitives;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Budgets;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>
/// Tells clients how they stand in <c>RateLimit-Policy</c> and <c>RateLimit</c>, as draft-ietf-httpapi-ratelimit-headers-11 has them: lists
/// of policies by name, <c>q</c> allowed in <c>w</c> seconds, <c>r</c> left, all of it free again in <c>t</c> seconds. The draft knows no
/// unit for tokens of a model: <c>qu="tokens"</c> is this gateway's own.
/// </summary>
internal static class StandardLimitHeaders
{
    /// <summary>The policies' header.</summary>
    public const string Policy = "ratelimit-policy";

    /// <summary>The header of what is left.</summary>
    public const string Left = "ratelimit";

    /// <summary>Sets both headers; nothing where no limit applies.</summary>
    /// <param name="headers">Of the answer.</param>
    /// <param name="requests">The most constrained limit on requests; its limit 0: none.</param>
    /// <param name="tokens">The most constrained limit on tokens; its limit 0: none.</param>
    public static void Write(IHeaderDictionary headers, in LimitDecision requests, in TokenStanding tokens)
    {
        var (ofRequests, ofTokens) = (NameOf(requests.Window), NameOf(tokens.Kind));
        var (policies, left) = (StringValues.Empty, StringValues.Empty);
        if (requests.Limit > 0 && ofRequests is not null)
        {
            policies = Text($"\"{ofRequests}\";q={requests.Limit};w={(requests.Window == LimitWindow.Hour ? 3600 : 60)}");
            left = Text($"\"{ofRequests}\";r={Math.Max(0, requests.Remaining)};t={Seconds(requests.Reset)}");
        }

        if (tokens.Limit > 0 && ofTokens is not null)
        {
            policies = StringValues.Concat(policies, Text($"\"{ofTokens}\";q={tokens.Limit};w={(tokens.Kind == BudgetLimit.TokensPerHour ? 3600 : 60)};qu=\"tokens\""));
            left = StringValues.Concat(left, Text($"\"{ofTokens}\";r={Math.Max(0, tokens.Remaining)};t={Seconds(tokens.Reset)}"));
        }

        if (policies.Count > 0)
        {
            (headers[Policy], headers[Left]) = (policies, left);
        }
    }

    // The names are the codes of the refusals.
    private static string? NameOf(LimitWindow window) => window switch
    {
        LimitWindow.Minute => "requests_per_minute",
        LimitWindow.Hour => "requests_per_hour",
        _ => null,
    };

    private static string? NameOf(BudgetLimit limit) => limit switch
    {
        BudgetLimit.TokensPerMinute => "tokens_per_minute",
        BudgetLimit.TokensPerHour => "tokens_per_hour",
        _ => null,
    };

    private static long Seconds(TimeSpan time) => Math.Max(0, (long)Math.Ceiling(time.TotalSeconds));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

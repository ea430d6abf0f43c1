using System.Globalization;
using ProxyCluster.Core.Budgets;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Refusals for tokens and money: which limit, whose, what it is, when there is room again, and that it is the gateway's own.</summary>
internal static class BudgetRefusals
{
    private const string Type = "rate_limit_error";
    private const string Own = "This is the gateway's own limit, not a provider's.";

    /// <summary>A limit has no room.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="limit">Which.</param>
    /// <param name="most">What it is, in tokens or nano-dollars.</param>
    /// <param name="retryAfter">Until there may be room.</param>
    /// <param name="isSpent">Of money: it is spent, not only reserved. Of tokens: the request alone is larger than the limit.</param>
    public static Refusal Over(string subject, BudgetLimit limit, long most, TimeSpan retryAfter, bool isSpent)
    {
        var message = limit.IsMoney() ? OfMoney(subject, limit, most, isSpent) : OfTokens(subject, limit, most, retryAfter, isSpent);
        return new Refusal(StatusCodes.Status429TooManyRequests, Type, CodeOf(limit), $"{message} {Own}")
        {
            RetryAfter = retryAfter,
            RetryIsPointless = isSpent,
        };
    }

    /// <summary>The operator wants no request of a caller with a budget to go where its cost is not known.</summary>
    public static Refusal PriceUnknown(string model) => new(
        StatusCodes.Status403Forbidden, "permission_error", "price_unknown", $"The model '{model}' has no known price, and requests that count against a budget need one.")
    {
        Param = "model",
        RetryIsPointless = true,
    };

    /// <summary>The code of a limit.</summary>
    public static string CodeOf(BudgetLimit limit) => limit switch
    {
        BudgetLimit.TokensPerMinute => "tokens_per_minute",
        BudgetLimit.TokensPerHour => "tokens_per_hour",
        _ => "insufficient_quota",
    };

    private static string OfMoney(string subject, BudgetLimit limit, long most, bool isSpent)
    {
        var period = limit == BudgetLimit.DollarsPerDay ? "day" : "month";
        var budget = string.Create(CultureInfo.InvariantCulture, $"The budget of {Money.ToDollars(most)} US dollars a {period} of {Scope(subject)}");
        return isSpent
            ? $"{budget} has no room for this request: the {period} ends at midnight UTC{(period == "month" ? " of its last day" : "")}."
            : $"{budget} has no room for this request until others that are under way have ended.";
    }

    private static string OfTokens(string subject, BudgetLimit limit, long most, TimeSpan retryAfter, bool isTooLarge)
    {
        var unit = limit == BudgetLimit.TokensPerHour ? "hour" : "minute";
        var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
        return isTooLarge
            ? string.Create(CultureInfo.InvariantCulture, $"The request may need more tokens than the limit of {most} tokens per {unit} of {Scope(subject)}: send less, or set a lower 'max_tokens'.")
            : string.Create(CultureInfo.InvariantCulture, $"The limit of {most} tokens per {unit} of {Scope(subject)} is reached. There may be room in {seconds} s.");
    }

    private static string Scope(string subject)
    {
        var colon = subject.IndexOf(':', StringComparison.Ordinal);
        var name = subject[(colon + 1)..];
        return (colon < 0 ? "" : subject[..colon]) switch
        {
            "key" => $"the API key '{name}'",
            "user" => $"the user '{name}'",
            "team" => $"the team '{name}'",
            "model" => $"the model '{name}'",
            _ => $"'{subject}'",
        };
    }
}

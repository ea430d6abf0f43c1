using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>What operators are told of budgets.</summary>
internal static partial class BudgetLog
{
    [LoggerMessage(EventId = 2710, Level = LogLevel.Warning, Message = "The budget of {Subject} does not answer; until it does, money is refused, and for tokens holds: {Policy}")]
    public static partial void Down(ILogger logger, Exception failure, string subject, OnLimiterDown policy);

    [LoggerMessage(EventId = 2711, Level = LogLevel.Information, Message = "The budget of {Subject} answers again")]
    public static partial void Back(ILogger logger, string subject);

    [LoggerMessage(EventId = 2712, Level = LogLevel.Warning, Message = "{Subject} has spent {Percent} % of its budget: {Dollars} US dollars a {Period}")]
    public static partial void Alert(ILogger logger, string subject, int percent, decimal dollars, string period);

    [LoggerMessage(EventId = 2713, Level = LogLevel.Error, Message = "Telling budgets what was used failed; it is tried again in a second")]
    public static partial void UpkeepFailed(ILogger logger, Exception failure);

    [LoggerMessage(EventId = 2714, Level = LogLevel.Warning, Message = "{Subjects} budgets were not told everything before the process ended; what they had lent counts as used")]
    public static partial void NotReturned(ILogger logger, int subjects);

    [LoggerMessage(EventId = 2715, Level = LogLevel.Information, Message = "{Subject} is over its limit, which is only told: {Code}")]
    public static partial void WouldRefuse(ILogger logger, string subject, string? code);
}

using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>What operators are told of the limiter.</summary>
internal static partial class LimiterLog
{
    [LoggerMessage(EventId = 2010, Level = LogLevel.Warning, Message = "The limiter of {Subject} does not answer; until it does: {Policy}")]
    public static partial void Down(ILogger logger, Exception failure, string subject, OnLimiterDown policy);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Information, Message = "The limiter of {Subject} answers again")]
    public static partial void Back(ILogger logger, string subject);

    [LoggerMessage(EventId = 2012, Level = LogLevel.Error, Message = "Reporting leases failed; it is tried again in a second")]
    public static partial void UpkeepFailed(ILogger logger, Exception failure);

    [LoggerMessage(EventId = 2013, Level = LogLevel.Warning, Message = "{Subjects} subjects' leases were not returned before the process ended; they end by themselves")]
    public static partial void NotReturned(ILogger logger, int subjects);

    [LoggerMessage(EventId = 2014, Level = LogLevel.Warning, Message = "The limiter of {Subject} does not answer for its requests in flight; this gateway goes on with its part")]
    public static partial void SlotsSilent(ILogger logger, Exception failure, string subject);
}

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>What operators are told of extensions at work.</summary>
internal static partial class OwnCodeLog
{
    [LoggerMessage(EventId = 2361, Message = "The code of {Provider} failed: {Exception}: {Reason}\n{Trace}")]
    public static partial void Failed(ILogger logger, LogLevel level, string provider, string? exception, string reason, string? trace);
}

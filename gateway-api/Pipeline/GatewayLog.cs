namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>What the data plane tells operators: never a prompt, an answer or a key. Event ids 2300 to 2399.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(EventId = 2300, Level = LogLevel.Debug, Message = "{RequestId} {Route} {Model} of {Caller} from {Address} ({UserAgent}): {Status} from {Provider} after {Attempts} attempts, {Milliseconds} ms")]
    public static partial void Served(
        ILogger logger, string requestId, string route, string? model, string? caller, string? address, string? userAgent, int status, string? provider, int attempts, double milliseconds);

    [LoggerMessage(EventId = 2301, Level = LogLevel.Information, Message = "{RequestId} {Route} {Model} of {Caller} from {Address} ({UserAgent}) was refused: {Status} {Code}")]
    public static partial void Refused(
        ILogger logger, string requestId, string route, string? model, string? caller, string? address, string? userAgent, int status, string? code);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Warning, Message = "{RequestId} {Route} {Model} failed: {Status} {Code} after {Attempts} attempts")]
    public static partial void Failed(ILogger logger, string requestId, string route, string? model, int status, string? code, int attempts);

    [LoggerMessage(EventId = 2303, Level = LogLevel.Information, Message = "{RequestId}: the attempt at {Provider} ended as {Outcome}")]
    public static partial void AttemptFailed(ILogger logger, string requestId, string provider, string outcome);

    [LoggerMessage(EventId = 2307, Level = LogLevel.Information, Message = "{RequestId}: {Model} has failed ({Reason}), and {Next} takes over")]
    public static partial void FellBack(ILogger logger, string requestId, string model, string next, string reason);

    [LoggerMessage(EventId = 2304, Level = LogLevel.Warning, Message = "{RequestId}: {Provider} cannot be asked: {Fault}")]
    public static partial void Unusable(ILogger logger, string requestId, string provider, string fault);

    [LoggerMessage(EventId = 2305, Level = LogLevel.Debug, Message = "{RequestId}: the client left (499)")]
    public static partial void ClientLeft(ILogger logger, string requestId);

    [LoggerMessage(EventId = 2306, Level = LogLevel.Error, Message = "{RequestId}: the gateway failed to handle the request")]
    public static partial void Internal(ILogger logger, Exception failure, string requestId);
}

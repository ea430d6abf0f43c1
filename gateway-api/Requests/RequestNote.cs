using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Requests;

/// <summary>What became of one request, and how long its stages took. Nothing of its content, and no secret.</summary>
/// <remarks>Moments are timestamps of the process's clock; 0: it did not come that far.</remarks>
internal readonly record struct RequestNote
{
    public required string Id { get; init; }

    public required InferenceOperation Operation { get; init; }

    public required string? Model { get; init; }

    /// <summary>The caller's name: never its key.</summary>
    public required string? Caller { get; init; }

    /// <summary>The caller's team; <see langword="null"/>: none.</summary>
    public required string? Team { get; init; }

    /// <summary>Where it came from.</summary>
    public required CallerContext From { get; init; }

    public required RequestPriority Priority { get; init; }

    public required bool IsStream { get; init; }

    /// <summary>What the client was answered; 499: it had left.</summary>
    public required int Status { get; init; }

    /// <summary>The code of the error that it was told; <see langword="null"/>: none.</summary>
    public required string? Error { get; init; }

    public required long Started { get; init; }

    public required long AuthenticatedAt { get; init; }

    public required long LimitedAt { get; init; }

    public required long RoutedAt { get; init; }

    /// <summary>Of a stream.</summary>
    public required long FirstByteAt { get; init; }

    public required long EndedAt { get; init; }

    /// <summary>Time spent with providers.</summary>
    public required TimeSpan Upstream { get; init; }

    /// <summary>Time spent waiting for others to share a call with.</summary>
    public required TimeSpan Waited { get; init; }

    /// <summary>How many requests shared the call that answered; 0: it was this one's own.</summary>
    public required int SharedBy { get; init; }

    /// <summary>Who answered, or was asked last.</summary>
    public required Candidate? Candidate { get; init; }

    /// <summary>What was condensed of it; <see langword="null"/>: nothing.</summary>
    public required CondensedFigures? Condensed { get; init; }

    /// <summary>The request's own part of what was billed.</summary>
    public required TokenUsage? Usage { get; init; }

    /// <summary>What is known of a request that has ended.</summary>
    public static RequestNote Of(Exchange exchange, int status) => new()
    {
        Id = exchange.RequestId,
        Operation = exchange.Operation,
        Model = exchange.Request?.Model,
        Caller = exchange.Caller?.Name,
        Team = exchange.Caller?.Team,
        From = exchange.From,
        Priority = exchange.Priority,
        IsStream = exchange.Request?.Stream == true,
        Status = status,
        Error = exchange.Error,
        Started = exchange.Started,
        AuthenticatedAt = exchange.AuthenticatedAt,
        LimitedAt = exchange.LimitedAt,
        RoutedAt = exchange.RoutedAt,
        FirstByteAt = exchange.FirstByteAt,
        EndedAt = exchange.Clock.GetTimestamp(),
        Upstream = exchange.Upstream,
        Waited = exchange.Waited,
        SharedBy = exchange.SharedBy,
        Candidate = exchange.Candidate,
        Condensed = exchange.Condensed,
        Usage = exchange.Usage,
    };
}

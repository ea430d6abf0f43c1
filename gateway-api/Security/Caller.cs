using ProxyCluster.Core.Resilience;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Who sends a request: built once when it is authenticated, used everywhere. Shared by all requests of one key.</summary>
internal sealed class Caller
{
    /// <summary>The caller of the open loopback mode: may do everything, has no limits.</summary>
    public static readonly Caller Local = new() { Subject = "local", Name = "local", IsAdmin = true, IsLimited = false };

    /// <summary>What limits are held by, for example <c>key:4fGh2kLmN0pQ</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>For logs: never a secret.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the caller may use the admin plane.</summary>
    public required bool IsAdmin { get; init; }

    /// <summary>Whether rate limits apply.</summary>
    public required bool IsLimited { get; init; }

    /// <summary>How long its requests are taken when the gateway fills up; also the most that it may ask for.</summary>
    public RequestPriority Priority { get; init; } = RequestPriority.Normal;

    /// <summary>The limiter's own state for this subject, so that the hot path looks nothing up. Owned by the limiter.</summary>
    public object? LimiterState;
}

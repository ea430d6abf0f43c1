namespace ProxyCluster.Core.RateLimiting;

/// <summary>A lease that a gateway may still use, or still has to report.</summary>
internal sealed class OutstandingLease
{
    public required Guid Id { get; init; }

    public required Guid Gateway { get; init; }

    public required int Tokens { get; init; }

    public required long GrantedAt { get; init; }

    public required long ExpiresAt { get; init; }

    /// <summary>How many of the tokens have been reported as used.</summary>
    public int Reported { get; set; }

    public int Outstanding => Tokens - Reported;
}

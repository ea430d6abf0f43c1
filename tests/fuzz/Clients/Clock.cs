namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>A day that does not pass, so that the same input gives the same answer; timers run as ever.</summary>
internal sealed class Clock : TimeProvider
{
    public static readonly Clock Still = new();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
}

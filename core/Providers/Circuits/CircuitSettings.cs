using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>The numbers of a <see cref="CircuitBreaker"/> (SPEC section 2).</summary>
public sealed record CircuitSettings
{
    /// <summary>Failures in a row that open it.</summary>
    public int ConsecutiveFailures { get; init; } = 5;

    /// <summary>The share of failures in the window that opens it.</summary>
    public double FailureShare { get; init; } = 0.5;

    /// <summary>Calls that the window must hold before their share counts.</summary>
    public int MinimumCalls { get; init; } = 20;

    /// <summary>Seconds that the window reaches back.</summary>
    public int WindowSeconds { get; init; } = 30;

    /// <summary>How long it stays open the first time.</summary>
    public TimeSpan OpenTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it stays open at most, jitter included.</summary>
    public TimeSpan LongestOpenTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>By which share the time is made longer or shorter.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>Successes while half-open that close it.</summary>
    public int SuccessesToClose { get; init; } = 3;

    /// <summary>From closing to the whole traffic.</summary>
    public TimeSpan SlowStart { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The share of the traffic at the moment of closing.</summary>
    public double SlowStartShare { get; init; } = 0.1;

    /// <summary>How long a probe's permit lasts.</summary>
    public TimeSpan ProbeTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a gateway trusts its own word the first time.</summary>
    public TimeSpan HintTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>As configured.</summary>
    /// <param name="options">Checked.</param>
    public static CircuitSettings From(CircuitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new()
        {
            ConsecutiveFailures = options.ConsecutiveFailures,
            FailureShare = options.FailureShare,
            MinimumCalls = options.MinimumCalls,
            WindowSeconds = options.WindowSeconds,
            OpenTime = TimeSpan.FromSeconds(options.OpenSeconds),
            LongestOpenTime = TimeSpan.FromSeconds(options.LongestOpenSeconds),
            Jitter = options.Jitter,
            SuccessesToClose = options.SuccessesToClose,
            SlowStart = TimeSpan.FromSeconds(options.SlowStartSeconds),
            SlowStartShare = options.SlowStartShare,
            ProbeTime = TimeSpan.FromSeconds(options.ProbeSeconds),
            HintTime = TimeSpan.FromSeconds(options.HintSeconds),
        };
    }
}

using System.Globalization;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Writes durations as Go does (<c>6m0s</c>, <c>1.5s</c>, <c>20ms</c>, <c>0s</c>), which is how OpenAI sends resets.</summary>
internal static class GoDuration
{
    /// <summary>A duration in whole milliseconds, rounded up; what is negative is <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        var milliseconds = (duration.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
        return milliseconds switch
        {
            <= 0 => "0s",
            60_000 => "1m0s",
            3_600_000 => "1h0m0s",
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms"),
            _ => FormatLong(milliseconds),
        };
    }

    private static string FormatLong(long milliseconds)
    {
        var hours = milliseconds / 3_600_000;
        var minutes = milliseconds / 60_000 % 60;
        var seconds = milliseconds % 60_000 / 1000m;

        if (hours > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{hours}h{minutes}m{seconds:0.###}s");
        }

        return minutes > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds:0.###}s")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###}s");
    }
}

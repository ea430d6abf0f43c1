namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>Requests at an even rate through the gateways of a fixture, in its own time.</summary>
internal static class SteadyLoad
{
    /// <summary>How long a run is.</summary>
    public const int Seconds = 240;

    private const int StepMilliseconds = 30;

    /// <summary>Sends, and tells when requests were admitted, in milliseconds.</summary>
    /// <param name="limiter">The gateways.</param>
    /// <param name="limit">Requests a minute.</param>
    /// <param name="gatewayOf">Which gateway the next request goes to, by the second.</param>
    /// <param name="everySecond">Called with each second.</param>
    /// <param name="times">How much of the limit is asked for.</param>
    /// <param name="arrived">Called with the time of each request.</param>
    public static async Task<List<long>> RunAsync(
        LimiterFixture limiter, int limit, Func<int, int> gatewayOf, Action<int>? everySecond = null, double times = 2, Action<long>? arrived = null)
    {
        var callers = Enumerable.Range(0, 4).Select(_ => LimiterFixture.Caller()).ToArray();
        var admitted = new List<long>();
        var perStep = times * limit / 60_000 * StepMilliseconds;
        var owed = 0.0;
        for (long now = 0; now < Seconds * 1_000; now += StepMilliseconds)
        {
            limiter.Clock.Advance(TimeSpan.FromMilliseconds(StepMilliseconds));
            if (now / 1_000 != (now - StepMilliseconds) / 1_000)
            {
                everySecond?.Invoke((int)(now / 1_000));
                await limiter.UpkeepAsync();
            }

            for (owed += perStep; owed >= 1; owed--)
            {
                arrived?.Invoke(now);
                var gateway = gatewayOf((int)(now / 1_000));
                if ((await limiter.Acquire(callers[gateway], gateway)).Refusal is null)
                {
                    admitted.Add(now);
                }
            }
        }

        return admitted;
    }

    /// <summary>The most in any 60 s.</summary>
    public static int MostInAnyMinute(List<long> admitted)
    {
        var most = 0;
        for (int first = 0, last = 0; last < admitted.Count; last++)
        {
            while (admitted[last] - admitted[first] >= 60_000)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}

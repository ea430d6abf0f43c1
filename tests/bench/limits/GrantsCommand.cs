using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GrainInterfaces.RateLimiting;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Bench.Limits;

/// <summary>Grants a second: callers that each ask for a token, use it and tell so with the next call, without a pause.</summary>
internal static class GrantsCommand
{
    private static readonly LimitSettings Limits = new(100, 1000, Block: true);

    public static async Task RunAsync(TimeSpan time)
    {
        var redis = await RedisServer.StartAsync();
        try
        {
            await Console.Out.WriteLineAsync("| store | callers | grants/s | p50 ms | p99 ms |\n|---|---|---|---|---|");
            foreach (var store in Enum.GetValues<GrantStore>())
            {
                foreach (var callers in (int[])[1, 16, 256])
                {
                    await MeasureAsync(store, callers, time, redis.ConnectionString);
                }
            }
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    private static async Task MeasureAsync(GrantStore store, int callers, TimeSpan time, string redis)
    {
        var directory = Directory.CreateTempSubdirectory("proxycluster-grants-").FullName;
        using (var host = await LimiterSilo.StartAsync(store, directory, redis))
        {
            var grains = host.Services.GetRequiredService<IGrainFactory>();
            await LoadAsync(grains, callers, time / 4, $"warm{Guid.NewGuid():N}");
            var latencies = await LoadAsync(grains, callers, time, $"run{Guid.NewGuid():N}");
            latencies.Sort();
            await Console.Out.WriteLineAsync(FormattableString.Invariant(
                $"| {store} | {callers} | {latencies.Count / time.TotalSeconds:F0} | {At(latencies, 0.5):F2} | {At(latencies, 0.99):F2} |"));
            await host.StopAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>The latency that a share of the calls stayed within.</summary>
    public static double At(List<double> sorted, double share) => sorted.Count == 0 ? 0 : sorted[(int)((sorted.Count - 1) * share)];

    private static async Task<List<double>> LoadAsync(IGrainFactory grains, int callers, TimeSpan time, string run)
    {
        var began = TimeProvider.System.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(grains, $"key:{run}{caller}", began, time))));
        return [.. all.SelectMany(static latencies => latencies)];
    }

    // A subject's window is full after 100: each caller goes from subject to subject.
    private static async Task<List<double>> CallAsync(IGrainFactory grains, string name, long began, TimeSpan time)
    {
        var clock = TimeProvider.System;
        var latencies = new List<double>();
        var gateway = Guid.NewGuid();
        for (var subject = 0; clock.GetElapsedTime(began) < time; subject++)
        {
            var limiter = grains.GetGrain<IRateLimiterGrain>($"{name}x{subject}");
            LeaseReport[] returned = [];
            while (clock.GetElapsedTime(began) < time)
            {
                var sent = clock.GetTimestamp();
                var grant = await limiter.LeaseAsync(new LeaseRequest(gateway, Guid.NewGuid(), 1, [.. returned], 1, [], Limits));
                if (grant.Tokens == 0)
                {
                    break;
                }

                latencies.Add(clock.GetElapsedTime(sent).TotalMilliseconds);
                returned = [new LeaseReport(grant.Lease, [0], Closed: true)];
            }
        }

        return latencies;
    }
}

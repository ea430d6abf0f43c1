using ProxyCluster.Core.Budgets;
using ProxyCluster.GrainInterfaces.Budgets;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Bench.Limits;

/// <summary>Calls a second to one budget, from gateways that each settle a request and ask for the next, without a pause.</summary>
internal static class LendingCommand
{
    private static readonly BudgetLimits Limits = new(0, 0, Money.ToNanoDollars(1_000_000), 0);
    private static readonly Amount One = new(0, 900_000);

    public static async Task RunAsync(TimeSpan time)
    {
        var redis = await RedisServer.StartAsync();
        try
        {
            await Console.Out.WriteLineAsync("| store | gateways | calls/s | p50 ms | p99 ms |\n|---|---|---|---|---|");
            foreach (var store in (GrantStore[])[GrantStore.SqliteEach, GrantStore.RedisOfOrleans])
            {
                foreach (var gateways in (int[])[1, 16, 64])
                {
                    await MeasureAsync(store, gateways, time, redis.ConnectionString);
                }
            }
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    private static async Task MeasureAsync(GrantStore store, int gateways, TimeSpan time, string redis)
    {
        var directory = Directory.CreateTempSubdirectory("proxycluster-lending-").FullName;
        using (var host = await LimiterSilo.StartAsync(store, directory, redis))
        {
            var grains = host.Services.GetRequiredService<IGrainFactory>();
            await LoadAsync(grains, gateways, time / 4);
            var latencies = await LoadAsync(grains, gateways, time);
            latencies.Sort();
            await Console.Out.WriteLineAsync(FormattableString.Invariant(
                $"| {store} | {gateways} | {latencies.Count / time.TotalSeconds:F0} | {GrantsCommand.At(latencies, 0.5):F2} | {GrantsCommand.At(latencies, 0.99):F2} |"));
            await host.StopAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task<List<double>> LoadAsync(IGrainFactory grains, int gateways, TimeSpan time)
    {
        var budget = grains.GetGrain<IBudgetGrain>($"team:{Guid.NewGuid():N}");
        var began = TimeProvider.System.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, gateways).Select(_ => Task.Run(() => CallAsync(budget, began, time))));
        return [.. all.SelectMany(static latencies => latencies)];
    }

    private static async Task<List<double>> CallAsync(IBudgetGrain budget, long began, TimeSpan time)
    {
        var clock = TimeProvider.System;
        var latencies = new List<double>();
        var gateway = Guid.NewGuid();
        Settlement[] settled = [];
        for (var sequence = 1; clock.GetElapsedTime(began) < time; sequence++)
        {
            var sent = clock.GetTimestamp();
            var lent = await budget.ApplyAsync(new BudgetCall(gateway, sequence, Limits, [.. settled], [], [One], default));
            latencies.Add(clock.GetElapsedTime(sent).TotalMilliseconds);
            settled = [new Settlement(0, lent.Tag, lent.Day, One, One)];
        }

        return latencies;
    }
}

using ProxyCluster.Core.Audit;
using ProxyCluster.GrainInterfaces.Audit;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Bench.Limits;

/// <summary>
/// Records a second of one audit log: admin calls that each wait for their record, and gateways that tell events in batches.
/// </summary>
internal static class AuditCommand
{
    private const int Batch = 256;

    public static async Task RunAsync(TimeSpan time)
    {
        var redis = await RedisServer.StartAsync();
        try
        {
            await Console.Out.WriteLineAsync("| store | writers | records a call | records/s | p50 ms | p99 ms |\n|---|---|---|---|---|---|");
            foreach (var store in (GrantStore[])[GrantStore.SqliteEach, GrantStore.RedisOfOrleans])
            {
                foreach (var (writers, records) in ((int, int)[])[(1, 1), (16, 1), (256, 1), (4, Batch)])
                {
                    await MeasureAsync(store, writers, records, time, redis.ConnectionString);
                }
            }
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    private static async Task MeasureAsync(GrantStore store, int writers, int records, TimeSpan time, string redis)
    {
        var directory = Directory.CreateTempSubdirectory("proxycluster-audit-").FullName;
        using (var host = await LimiterSilo.StartAsync(store, directory, redis))
        {
            var log = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IAuditGrain>(AuditLogs.Of($"bench-{Guid.NewGuid():N}", AuditLogs.Actions));
            await LoadAsync(log, writers, records, time / 4);
            var before = (await log.ExtentAsync()).Tail.Seq;
            var latencies = await LoadAsync(log, writers, records, time);
            var written = (await log.ExtentAsync()).Tail.Seq - before;
            latencies.Sort();
            await Console.Out.WriteLineAsync(FormattableString.Invariant(
                $"| {store} | {writers} | {records} | {written / time.TotalSeconds:F0} | {GrantsCommand.At(latencies, 0.5):F2} | {GrantsCommand.At(latencies, 0.99):F2} |"));
            await host.StopAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task<List<double>> LoadAsync(IAuditGrain log, int writers, int records, TimeSpan time)
    {
        var began = TimeProvider.System.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(() => WriteAsync(log, records, began, time))));
        return [.. all.SelectMany(static latencies => latencies)];
    }

    private static async Task<List<double>> WriteAsync(IAuditGrain log, int records, long began, TimeSpan time)
    {
        var clock = TimeProvider.System;
        var latencies = new List<double>();
        var gateway = Guid.NewGuid();
        for (var sent = 0L; clock.GetElapsedTime(began) < time; sent += records)
        {
            var at = clock.GetTimestamp();
            if (records == 1)
            {
                await log.RecordAsync(Entry(sent));
            }
            else
            {
                await log.ReportAsync(new AuditBatch(gateway, sent + 1, [.. Enumerable.Range(0, records).Select(i => Entry(sent + i))]));
            }

            latencies.Add(clock.GetElapsedTime(at).TotalMilliseconds);
        }

        return latencies;
    }

    private static AuditEntry Entry(long number) => new()
    {
        HappenedAt = TimeProvider.System.GetUtcNow(),
        Actor = "key:4fGh2kLmN0pQ",
        Authentication = "api_key",
        Address = "192.0.2.1",
        Agent = "bench/1.0",
        Action = "providers.update",
        Object = FormattableString.Invariant($"provider-{number % 100}"),
        Difference = "priority: 1 to 7; weight: 10 to 20",
        RequestId = "req_0123456789abcdefghijklmn",
        Outcome = AuditOutcome.Done,
        Process = "host:1",
    };
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Budgets;

namespace ProxyCluster.Bench.Limits;

/// <summary>Memory of many budgets: in a gateway, over a silo in the same process whose own memory is told apart, and there.</summary>
internal static class BudgetsCommand
{
    private static readonly LimitSet Limits = new() { TokensPerMinute = 100_000, DollarsPerDay = 100 };
    private static readonly BudgetLimits AsBudget = new(100_000, 0, Money.ToNanoDollars(100), 0);
    private static readonly Amount One = new(120, 900_000);

    public static async Task RunAsync(int count)
    {
        await Console.Out.WriteLineAsync("| what | budgets | bytes each | calls/s |\n|---|---|---|---|");
        var directory = Directory.CreateTempSubdirectory("proxycluster-budgets-").FullName;
        using (var host = await LimiterSilo.StartAsync(GrantStore.SqliteEach, directory, redis: ""))
        {
            var grains = host.Services.GetRequiredService<IGrainFactory>();
            await SiloAsync(grains, count);
            await GatewayAsync(grains, count / 10);
            await host.StopAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task SiloAsync(IGrainFactory grains, int count)
    {
        await AskAsync(grains, 256, "warm");
        var before = Heap();
        var began = TimeProvider.System.GetTimestamp();
        await AskAsync(grains, count, "run");
        var rate = count * 2 / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        await TellAsync("silo, one request each", count, (Heap() - before) / count, rate);

        await Task.Delay(TimeSpan.FromMinutes(3), TimeProvider.System);
        var statistics = await grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
        var active = statistics.Where(static one => one.GrainType.Contains("Budget", StringComparison.Ordinal)).Sum(static one => one.ActivationCount);
        await TellAsync("silo, idle for 3 minutes", active, (Heap() - before) / count, 0);
    }

    private static Task AskAsync(IGrainFactory grains, int count, string run) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = 256 },
        async (i, _) =>
        {
            var budget = grains.GetGrain<IBudgetGrain>($"key:{run}{i}");
            var holder = Guid.NewGuid();
            var lent = await budget.ApplyAsync(new BudgetCall(holder, 1, AsBudget, [], [], [One], default));
            await budget.ApplyAsync(new BudgetCall(holder, 2, AsBudget, [new Settlement(0, lent.Tag, lent.Day, One, One)], [], [], default));
        });

    // The grains of these subjects live in the same heap: what they take was measured before, and is subtracted.
    private static async Task GatewayAsync(IGrainFactory grains, int count)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new BudgetMetrics(services.GetRequiredService<IMeterFactory>());
        var bell = new BudgetBell(new SecurityEvents(TimeProvider.System), metrics, NullLogger<BudgetBell>.Instance);
        await AskAsync(grains, count, "gateway");
        using var keeper = new BudgetKeeper(grains, new EmptySnapshot(), new Defaults(), TimeProvider.System, metrics, bell, NullLogger<BudgetKeeper>.Instance);
        var callers = Enumerable.Range(0, count).Select(static i => new Caller
        {
            Subject = $"key:gateway{i}",
            Name = "bench",
            IsLimited = true,
            Accounts = [new Account($"key:gateway{i}") { Limits = Limits }],
        }).ToArray();
        var request = Request();
        var before = Heap();
        foreach (var requests in (int[])[1, 10])
        {
            var began = TimeProvider.System.GetTimestamp();
            for (var round = 0; round < requests; round++)
            {
                await Parallel.ForEachAsync(callers, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (caller, cancel) =>
                {
                    var exchange = new Exchange(new DefaultHttpContext(), InferenceOperation.ChatCompletions, Scratch, TimeProvider.System)
                    {
                        RequestId = "bench",
                        Region = "local",
                        Caller = caller,
                        Request = request,
                    };
                    await keeper.ReserveAsync(exchange, RoutingSnapshot.Empty, cancel);
                    exchange.Reservation!.Settle(One);
                });
            }

            var rate = (double)count * requests / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            await TellAsync($"gateway, {requests} more requests each", count, (Heap() - before) / count, rate);
        }

        GC.KeepAlive(callers);
    }

    private static readonly RequestScratch Scratch = new(TimeProvider.System);

    private static InferenceRequest Request()
    {
        var body = """{"model":"m","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}"""u8.ToArray();
        RequestScanner.Scan(body, InferenceOperation.ChatCompletions, new InputLimitOptions(), new ModelNames(), out var request);
        return request!;
    }

    private static Task TellAsync(string what, int budgets, long bytes, double rate) =>
        Console.Out.WriteLineAsync(FormattableString.Invariant($"| {what} | {budgets} | {bytes} | {(rate > 0 ? $"{rate:F0}" : "")} |"));

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private sealed class EmptySnapshot : IRoutingSnapshotSource
    {
        public RoutingSnapshot Current => RoutingSnapshot.Empty;
    }

    private sealed class Defaults : IOptionsMonitor<ProxyClusterOptions>
    {
        public ProxyClusterOptions CurrentValue { get; } = new();

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }
}

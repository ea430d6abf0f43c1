using System.Diagnostics.Metrics;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProxyCluster.Bench.Micro.Cluster;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Bench.Micro;

/// <summary>Reserving and settling one request from what is in hand. Target with authentication and limits: 3 µs and 200 bytes; nothing where nothing is limited.</summary>
[MemoryDiagnoser]
public class BudgetBench : IDisposable
{
    private const string Body = """{"model":"priced","max_tokens":500,"messages":[{"role":"user","content":"What is the capital of France?"}]}""";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Priced _snapshot = new();
    private BudgetKeeper? _keeper;
    private Exchange? _exchange;

    public enum Limited
    {
        Nothing,
        Tokens,
        Money,
    }

    [ParamsAllValues]
    public Limited What { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var metrics = new BudgetMetrics(_services.GetRequiredService<IMeterFactory>());
        var bell = new BudgetBell(new SecurityEvents(TimeProvider.System), metrics, NullLogger<BudgetBell>.Instance);
        _keeper = new BudgetKeeper(
            GenerousGrains.Of(1), _snapshot, new FixedBudgets(), TimeProvider.System, metrics, bell, NullLogger<BudgetKeeper>.Instance);
        var limits = What switch
        {
            Limited.Tokens => new LimitSet { TokensPerMinute = long.MaxValue / 4 },
            Limited.Money => new LimitSet { DollarsPerDay = 1_000_000_000 },
            _ => null,
        };
        var refusal = RequestScanner.Scan(Encoding.UTF8.GetBytes(Body), InferenceOperation.ChatCompletions, new InputLimitOptions(), new ModelNames(), out var request);
        _exchange = new Exchange(new DefaultHttpContext(), InferenceOperation.ChatCompletions, new RequestScratch(TimeProvider.System), TimeProvider.System)
        {
            RequestId = refusal?.Code ?? "bench",
            Region = "local",
            Request = request,
            Caller = new Caller { Subject = "key:bench", Name = "bench", IsLimited = true, Accounts = [new Account("key:bench") { Limits = limits }] },
        };
        _keeper.ReserveAsync(_exchange, _snapshot.Current, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    [Benchmark]
    public bool ReserveAndSettle()
    {
        var reserved = _keeper!.ReserveAsync(_exchange!, _snapshot.Current, CancellationToken.None);
        var isAdmitted = reserved.IsCompleted ? reserved.Result is null : throw new InvalidOperationException("Nothing is in hand.");
        _exchange!.Reservation?.Settle(new Amount(120, 900_000));
        return isAdmitted;
    }

    public void Dispose()
    {
        _keeper?.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class FixedBudgets : IOptionsMonitor<ProxyClusterOptions>
    {
        public ProxyClusterOptions CurrentValue { get; } = new();

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }

    private sealed class Priced : IRoutingSnapshotSource
    {
        public RoutingSnapshot Current { get; } = RoutingSnapshot.Of(new RoutingDefinitions(
            SnapshotVersion.None,
            [
                .. Enumerable.Range(0, 3).Select(static i => new ProviderDefinition
                {
                    Name = $"p{i}",
                    Type = "custom",
                    BaseUrl = "https://example.com",
                    Models = [new ModelDefinition { Id = "priced", MaxOutputTokens = 4_096, InputCostPerMillion = 2.5m, OutputCostPerMillion = 10 }],
                }),
            ],
            []));
    }
}

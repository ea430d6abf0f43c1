using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GatewayApi.Usage;

namespace ProxyCluster.Tests.Unit.Budgets;

/// <summary>The budgets of one gateway, around books that stand where the grains would.</summary>
internal sealed class BudgetGateway
{
    /// <summary>A model whose answers of at most 1,000 tokens cost at most a dollar; its prompts are free.</summary>
    public const string Model = "dollar";

    private readonly TimeProvider _clock;

    public BudgetGateway(BudgetBooks books, TimeProvider clock, IOptionsMonitor<ProxyClusterOptions> options, int gateways = 1)
    {
        _clock = clock;
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var metrics = new BudgetMetrics(meters);
        Snapshots = new Priced(gateways);
        Events = new SecurityEvents(clock);
        Keeper = new BudgetKeeper(
            books.Factory, Snapshots, options, clock, metrics, new BudgetBell(Events, metrics, NullLogger<BudgetBell>.Instance), NullLogger<BudgetKeeper>.Instance);
        Journal = new UsageJournal(clock, new UsageMetrics(meters));
        Spending = new Spending(Journal);
    }

    public BudgetKeeper Keeper { get; }

    public Spending Spending { get; }

    public UsageJournal Journal { get; }

    public SecurityEvents Events { get; }

    public IRoutingSnapshotSource Snapshots { get; }

    public static Caller Caller(params (string Subject, LimitSet Limits)[] accounts) => new()
    {
        Subject = accounts[0].Subject,
        Name = "test",
        IsLimited = true,
        Accounts = [.. accounts.Select(static account => new Account(account.Subject) { Limits = account.Limits })],
    };

    public Exchange Request(Caller caller, string members = "", string model = Model)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}]{{members}}}""");
        var refusal = RequestScanner.Scan(body, InferenceOperation.ChatCompletions, new InputLimitOptions(), new ModelNames(), out var request);
        Assert.Null(refusal);
        return new Exchange(new DefaultHttpContext(), InferenceOperation.ChatCompletions, new RequestScratch(_clock), _clock)
        {
            RequestId = "r",
            Region = "local",
            Caller = caller,
            Request = request,
        };
    }

    public ValueTask<Refusal?> ReserveAsync(Exchange exchange) => Keeper.ReserveAsync(exchange, Snapshots.Current, TestContext.Current.CancellationToken);

    /// <summary>Ends a request as the pipeline does.</summary>
    public void End(Exchange exchange, TokenUsage? usage, AttemptOutcome outcome = AttemptOutcome.Succeeded)
    {
        exchange.Attempts = 1;
        exchange.Candidate = Snapshots.Current.Index.Resolve(exchange.Request!.Model)[0];
        exchange.Usage = usage;
        Spending.Settle(exchange, outcome, 0);
    }

    /// <summary>Tells everything that can be told now, as the upkeep does in a second or two.</summary>
    public async Task UpkeepAsync()
    {
        for (var round = 0; round < 10 && Keeper.Tidy() is { Count: > 0 } due; round++)
        {
            foreach (var subject in due)
            {
                await subject.CallAsync();
            }
        }
    }

    private sealed class Priced(int gateways) : IRoutingSnapshotSource
    {
        public RoutingSnapshot Current { get; } = RoutingSnapshot.Of(new RoutingDefinitions(
            SnapshotVersion.None,
            [
                new ProviderDefinition
                {
                    Name = "priced",
                    Type = "custom",
                    BaseUrl = "https://example.com",
                    Models =
                    [
                        new ModelDefinition { Id = Model, MaxOutputTokens = 1_000, OutputCostPerMillion = 1_000 },
                        new ModelDefinition { Id = "unpriced" },
                    ],
                },
            ],
            [])) with
        { ActiveGateways = gateways };
    }
}

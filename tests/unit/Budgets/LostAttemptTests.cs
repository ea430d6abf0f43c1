using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.Tests.Unit.RateLimiting;

namespace ProxyCluster.Tests.Unit.Budgets;

/// <summary>Attempts that another one has beaten or taken over from: their providers bill them, so that they count.</summary>
public sealed class LostAttemptTests
{
    private const string Key = "key:abc";

    private static readonly BudgetLimits Limits = new(100_000, 0, Money.ToNanoDollars(4), 0);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));
    private readonly BudgetBooks _books;
    private readonly BudgetGateway _gateway;

    public LostAttemptTests()
    {
        _books = new BudgetBooks(_clock);
        _gateway = new BudgetGateway(_books, _clock, new ReloadableOptions());
    }

    [Theory]
    [InlineData(AttemptOutcome.Abandoned, 0, 0, true)]
    [InlineData(AttemptOutcome.Abandoned, 0, 30, true)]
    [InlineData(AttemptOutcome.InvalidAnswer, 0, 30, true)]
    [InlineData(AttemptOutcome.InvalidAnswer, 50, 0, true)]
    [InlineData(AttemptOutcome.RateLimited, 0, 0, false)]
    [InlineData(AttemptOutcome.ServerError, 0, 0, false)]
    [InlineData(AttemptOutcome.ConnectFailed, 0, 0, false)]
    public async Task Attempt_ThatDidNotAnswer_IsChargedWhereItsProviderHasWorked(AttemptOutcome outcome, long told, long counted, bool isCharged)
    {
        var exchange = await BeginAsync();
        exchange.Scratch.Attempts.Add(Note(exchange, 1, outcome) with { Usage = new(0, 0, 0, told, 0), Counted = counted });
        exchange.Scratch.Attempts.Add(Note(exchange, 2, AttemptOutcome.Succeeded) with { Usage = new(10, 0, 0, 100, 0) });

        await EndAsync(exchange);

        var lost = (told == 0 ? exchange.Reservation!.PromptTokens : 0) + Math.Max(told, counted);
        var used = _books.Look(Key, Limits);
        Assert.Equal(110 + (isCharged ? lost : 0), used.Minute.Used);
        Assert.Equal(Money.ToNanoDollars((100 + (isCharged ? Math.Max(told, counted) : 0)) / 1_000m), used.Day.Used);
        var row = Assert.Single(_gateway.Journal.TakeAll()).Value;
        Assert.Equal((1, used.Minute.Used), (row.Requests, row.Tokens.Prompt + row.Tokens.Completion));
    }

    [Fact]
    public async Task SecondAttempt_OfARaceThatWasLost_IsChargedToo()
    {
        var exchange = await BeginAsync();
        exchange.SecondScratch = new RequestScratch(_clock);
        exchange.Scratch.Attempts.Add(Note(exchange, 1, AttemptOutcome.Succeeded) with { Usage = new(10, 0, 0, 100, 0) });
        exchange.SecondScratch.Attempts.Add(Note(exchange, 0, AttemptOutcome.Abandoned) with { Counted = 20 });

        await EndAsync(exchange);

        Assert.Equal(110 + exchange.Reservation!.PromptTokens + 20, _books.Look(Key, Limits).Minute.Used);
    }

    [Fact]
    public async Task Double_OfWhatIsReserved_IsTakenWhereThereIsAsMuch()
    {
        var exchange = await BeginAsync();
        var before = exchange.Reservation![0].Taken.Amount;
        var isDoubled = exchange.Reservation.TryDouble();

        // A request that was granted by itself has nothing beside it in hand.
        Assert.Equal(isDoubled ? before + before : before, exchange.Reservation[0].Taken.Amount);
        await EndAsync(exchange);
        Assert.Equal((0, 0), (_books.Look(Key, Limits).Minute.Held, _books.Look(Key, Limits).Day.Held));
    }

    private async Task<Exchange> BeginAsync()
    {
        var caller = BudgetGateway.Caller((Key, new LimitSet { TokensPerMinute = 100_000, DollarsPerDay = 4 }));
        var exchange = _gateway.Request(caller);
        Assert.Null(await _gateway.ReserveAsync(exchange));
        exchange.Candidate = _gateway.Snapshots.Current.Index.Resolve(exchange.Request!.Model)[0];
        exchange.Attempts = 2;
        exchange.Usage = new TokenUsage(10, 0, 0, 100, 0);
        return exchange;
    }

    private async Task EndAsync(Exchange exchange)
    {
        _gateway.Spending.Settle(exchange, AttemptOutcome.Succeeded, 0);
        _clock.Advance(TimeSpan.FromSeconds(4));
        await _gateway.UpkeepAsync();
    }

    private static AttemptNote Note(Exchange exchange, long startedAt, AttemptOutcome outcome) => new()
    {
        Candidate = exchange.Candidate!,
        Target = "m",
        Fallback = default,
        Strategy = null,
        Explores = false,
        Outcome = outcome,
        StartedAt = startedAt,
        Took = default,
        Latency = default,
        Usage = default,
    };
}

using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Unit.RateLimiting;

namespace ProxyCluster.Tests.Unit.Budgets;

public sealed class BudgetKeeperTests
{
    private const string Key = "key:abc";

    private static readonly LimitSet FourDollars = new() { DollarsPerDay = 4 };
    private static readonly BudgetLimits FourDollarsADay = new(0, 0, Money.ToNanoDollars(4), 0);
    private static readonly BudgetLimits AThousandTokens = new(1_000, 0, 0, 0);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));
    private readonly ReloadableOptions _options = new();
    private readonly BudgetBooks _books;

    public BudgetKeeperTests() => _books = new BudgetBooks(_clock);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Budget_ForFour_AdmitsFourOfAHundredAtOnce(int gateways)
    {
        var all = Enumerable.Range(0, gateways).Select(_ => Gateway(gateways)).ToArray();
        var callers = all.Select(_ => BudgetGateway.Caller((Key, FourDollars))).ToArray();

        var asked = Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
        {
            var gateway = all[i % gateways];
            return await gateway.ReserveAsync(gateway.Request(callers[i % gateways]));
        }));
        var refusals = await Task.WhenAll(asked);

        Assert.Equal(4, refusals.Count(static refusal => refusal is null));
        Assert.All(refusals.OfType<Refusal>(), static refusal => Assert.Equal((429, "insufficient_quota"), (refusal.Status, refusal.Code)));
        Assert.Equal(Money.ToNanoDollars(4), _books.Look(Key, FourDollarsADay).Day.Held);
    }

    [Fact]
    public async Task Budget_Spent_IsRefusedUntilMidnightAndNoRetryHelps()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, new LimitSet { DollarsPerDay = 1 }));
        await SpendAsync(gateway, caller, 1_000);

        var refusal = await gateway.ReserveAsync(gateway.Request(caller));

        Assert.Equal((429, "insufficient_quota", true, TimeSpan.FromHours(12)), (refusal!.Status, refusal.Code, refusal.RetryIsPointless, refusal.RetryAfter));
        Assert.Contains("1 US dollars a day of the API key 'abc'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Budget_HeldByRequestsInFlight_MayBeAskedAgainSoon()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, new LimitSet { DollarsPerDay = 1 }));
        var first = gateway.Request(caller);
        Assert.Null(await gateway.ReserveAsync(first));
        var refusal = await gateway.ReserveAsync(gateway.Request(caller));
        Assert.Equal(("insufficient_quota", false), (refusal!.Code, refusal.RetryIsPointless));

        gateway.End(first, Used(100));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await gateway.UpkeepAsync();

        Assert.Equal(Money.ToNanoDollars(0.1m), _books.Look(Key, new BudgetLimits(0, 0, Money.ToNanoDollars(1), 0)).Day.Used);
        Assert.Null(await gateway.ReserveAsync(gateway.Request(caller, ",\"max_tokens\":900")));
    }

    [Fact]
    public async Task Settlements_OfManyRequestsWhileTheClusterIsSilent_AreAllTold()
    {
        const int Requests = 5_000;
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, new LimitSet { TokensPerHour = 100_000_000 }));
        await SpendAsync(gateway, caller, 1);
        await gateway.UpkeepAsync();
        var limits = new BudgetLimits(0, 100_000_000, 0, 0);
        var before = _books.Look(Key, limits).Hour.Used;
        _books.Mood = BooksMood.Fail;
        for (var i = 0; i < Requests; i++)
        {
            var exchange = gateway.Request(caller, ",\"max_tokens\":10");
            Assert.Null(await gateway.ReserveAsync(exchange));
            gateway.End(exchange, Used(7));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        // A call that fails only after the clock has moved on puts the next one off beyond what this test waits.
        await gateway.UpkeepAsync();
        _books.Mood = BooksMood.Answer;
        _clock.Advance(TimeSpan.FromSeconds(1));
        await gateway.UpkeepAsync();

        Assert.Equal(7 * Requests, _books.Look(Key, limits).Hour.Used - before);
    }

    [Fact]
    public async Task Reservation_SettledTwice_CountsOnce()
    {
        var gateway = Gateway();
        var exchange = gateway.Request(BudgetGateway.Caller((Key, FourDollars)));
        Assert.Null(await gateway.ReserveAsync(exchange));

        gateway.End(exchange, Used(1_000));
        gateway.End(exchange, Used(1_000));
        await gateway.UpkeepAsync();

        Assert.Equal(Money.ToNanoDollars(1), _books.Look(Key, FourDollarsADay).Day.Used);
    }

    [Fact]
    public async Task Answer_ThatWasLost_IsGrantedAgainToTheSameCall()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, FourDollars));
        _books.Mood = BooksMood.LoseAnswers;
        Assert.Equal(503, (await gateway.ReserveAsync(gateway.Request(caller)))!.Status);
        Assert.Equal(Money.ToNanoDollars(1), _books.Look(Key, FourDollarsADay).Day.Held);

        _books.Mood = BooksMood.Answer;
        _clock.Advance(TimeSpan.FromSeconds(1));
        await gateway.UpkeepAsync();

        Assert.Null(await gateway.ReserveAsync(gateway.Request(caller, ",\"n\":4")));
        Assert.Equal(Money.ToNanoDollars(4), _books.Look(Key, FourDollarsADay).Day.Held);
    }

    [Fact]
    public async Task Money_WhileTheClusterIsSilent_IsRefusedWith503()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, FourDollars));
        _books.Mood = BooksMood.Fail;

        var refusal = await gateway.ReserveAsync(gateway.Request(caller));

        Assert.Equal((503, "limiter_unavailable"), (refusal!.Status, refusal.Code));
        var calls = _books.Calls;
        Assert.Equal(503, (await gateway.ReserveAsync(gateway.Request(caller)))!.Status);
        Assert.Equal(calls, _books.Calls);
    }

    [Fact]
    public async Task Spend_ThatTheClusterDidNotHear_IsToldWhenItAnswers()
    {
        var gateway = Gateway();
        var exchange = gateway.Request(BudgetGateway.Caller((Key, FourDollars)));
        Assert.Null(await gateway.ReserveAsync(exchange));
        _books.Mood = BooksMood.Fail;
        gateway.End(exchange, Used(1_000));
        await gateway.UpkeepAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await gateway.UpkeepAsync();
        Assert.Equal((0, Money.ToNanoDollars(1)), Day());

        _books.Mood = BooksMood.Answer;
        _clock.Advance(TimeSpan.FromSeconds(1));
        await gateway.UpkeepAsync();

        Assert.Equal((Money.ToNanoDollars(1), 0), Day());
        (long, long) Day() => (_books.Look(Key, FourDollarsADay).Day.Used, _books.Look(Key, FourDollarsADay).Day.Held);
    }

    [Fact]
    public async Task Tokens_AreReservedByEstimateAndSettledByUse()
    {
        var gateway = Gateway();
        var exchange = gateway.Request(BudgetGateway.Caller((Key, new LimitSet { TokensPerMinute = 1_000 })), ",\"max_tokens\":500");
        Assert.Null(await gateway.ReserveAsync(exchange));
        var held = _books.Look(Key, AThousandTokens).Minute.Held;
        Assert.InRange(held, 501, 560);

        gateway.End(exchange, new TokenUsage(10, 0, 0, 90, 0));
        _clock.Advance(TimeSpan.FromSeconds(3));
        await gateway.UpkeepAsync();

        Assert.Equal((100, 0), (_books.Look(Key, AThousandTokens).Minute.Used, _books.Look(Key, AThousandTokens).Minute.Held));
    }

    [Fact]
    public async Task Tokens_OverTheLimit_Are429WithTheTimeToWait()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, new LimitSet { TokensPerMinute = 1_000 }));
        var first = gateway.Request(caller, ",\"max_tokens\":800");
        Assert.Null(await gateway.ReserveAsync(first));
        gateway.End(first, new TokenUsage(0, 0, 0, 800, 0));
        await gateway.UpkeepAsync();

        var refusal = await gateway.ReserveAsync(gateway.Request(caller, ",\"max_tokens\":300"));

        Assert.Equal((429, "tokens_per_minute", false, TimeSpan.FromMinutes(1)), (refusal!.Status, refusal.Code, refusal.RetryIsPointless, refusal.RetryAfter));
    }

    [Fact]
    public async Task Tokens_OfEarlierAnswers_BoundTheEstimate()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, new LimitSet { TokensPerMinute = 100_000 }));
        for (var i = 0; i < 8; i++)
        {
            var exchange = gateway.Request(caller);
            Assert.Null(await gateway.ReserveAsync(exchange));
            gateway.End(exchange, new TokenUsage(10, 0, 0, 20, 0));
        }

        var next = gateway.Request(caller, ",\"max_tokens\":50000");
        Assert.Null(await gateway.ReserveAsync(next));

        Assert.Equal(30, next.Reservation!.Asked.Tokens - next.Reservation.PromptTokens);
    }

    [Theory]
    [InlineData("share", 2, 500)]
    [InlineData("open", 2, 2_000)]
    [InlineData("closed", 2, 0)]
    public async Task Tokens_WhileTheClusterIsSilent_FollowThePolicyOfTheLimiter(string onDown, int gateways, int most)
    {
        _options.CurrentValue.RateLimits = new RateLimitOptions { OnLimiterDown = onDown };
        var gateway = Gateway(gateways);
        var caller = BudgetGateway.Caller((Key, new LimitSet { TokensPerMinute = 1_000 }));
        _books.Mood = BooksMood.Fail;

        var admitted = 0;
        for (var i = 0; i < 20; i++)
        {
            admitted += await gateway.ReserveAsync(gateway.Request(caller, ",\"max_tokens\":80")) is null ? 1 : 0;
        }

        // Each is some 100 tokens with its prompt.
        Assert.InRange(admitted, most / 125, most / 95);
    }

    [Fact]
    public async Task Budgets_OfKeyAndTeam_BothHold_AndARefusalOfOneFreesTheOther()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, FourDollars), ("team:research", new LimitSet { DollarsPerDay = 1 }));
        Assert.Null(await gateway.ReserveAsync(gateway.Request(caller)));

        var refusal = await gateway.ReserveAsync(gateway.Request(caller));

        Assert.Contains("the team 'research'", refusal!.Message, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromSeconds(3));
        await gateway.UpkeepAsync();
        Assert.Equal(Money.ToNanoDollars(1), _books.Look(Key, FourDollarsADay).Day.Held);
    }

    [Theory]
    [InlineData("dollar")]
    [InlineData("priced/dollar")]
    public async Task Budget_OfAModel_HoldsForAllCallers_AlsoWithItsProviderNamed(string asked)
    {
        _options.CurrentValue.Budgets.Models.Add(new ModelBudgetOptions { Name = "doll*", DollarsPerDay = 1 });
        var gateway = Gateway();
        Assert.Null(await gateway.ReserveAsync(gateway.Request(BudgetGateway.Caller((Key, new LimitSet())))));

        var refusal = await gateway.ReserveAsync(gateway.Request(BudgetGateway.Caller(("key:other", new LimitSet())), model: asked));

        Assert.Contains("the model 'doll*'", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Defaults_HoldByKind_AndZeroLiftsThem()
    {
        _options.CurrentValue.Budgets.Keys = new SubjectBudgetOptions { DollarsPerDay = 0.5m };
        _options.CurrentValue.Budgets.Teams = new SubjectBudgetOptions { DollarsPerDay = 100 };
        var gateway = Gateway();

        Assert.NotNull(await gateway.ReserveAsync(gateway.Request(BudgetGateway.Caller((Key, new LimitSet())))));
        Assert.Null(await gateway.ReserveAsync(gateway.Request(BudgetGateway.Caller(("key:free", new LimitSet { DollarsPerDay = 0 }), ("team:a", new LimitSet())))));
    }

    [Fact]
    public async Task Nothing_IsDone_WhereNothingIsLimited()
    {
        var gateway = Gateway();
        var exchange = gateway.Request(BudgetGateway.Caller((Key, new LimitSet())));

        Assert.Null(await gateway.ReserveAsync(exchange));
        Assert.Equal((null, 0), (exchange.Reservation, _books.Calls));
        Assert.Null(await gateway.ReserveAsync(gateway.Request(Caller.Local)));
    }

    [Fact]
    public async Task Limit_InShadow_RefusesNothingAndCountsAll()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, new LimitSet { DollarsPerDay = 0.5m, Shadow = true }));
        await SpendAsync(gateway, caller, 1_000);

        Assert.Equal(Money.ToNanoDollars(1), _books.Look(Key, FourDollarsADay).Day.Used);
    }

    [Fact]
    public async Task Operators_AreToldOfEachPartOnce_AndOfWhoIsRefused()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, new LimitSet { DollarsPerDay = 2 }));
        await SpendAsync(gateway, caller, 1_000);
        await SpendAsync(gateway, caller, 1_000);
        Assert.NotNull(await gateway.ReserveAsync(gateway.Request(caller)));

        var told = gateway.Events.Latest().Select(static told => (told.Type, told.Subject, told.Detail));

        foreach (var percent in (int[])[50, 80, 100])
        {
            Assert.Single(told, (SecurityEventType.BudgetAlert, Key, $"{percent} % of 2 US dollars a day are spent"));
        }

        Assert.Single(told, (SecurityEventType.RateLimitExceeded, Key, "insufficient_quota"));
        Assert.Equal(4, told.Count());
    }

    [Fact]
    public async Task Model_WithoutAPrice_IsFreeOrRefused()
    {
        var caller = BudgetGateway.Caller((Key, FourDollars));
        var gateway = Gateway();
        Assert.Null(await gateway.ReserveAsync(gateway.Request(caller, model: "unpriced")));

        _options.CurrentValue.Budgets.OnUnknownPrice = "refuse";
        var strict = Gateway();

        Assert.Equal((403, "price_unknown"), await RefusalAsync(strict, strict.Request(caller, model: "unpriced")));
    }

    [Fact]
    public async Task Idle_WhatIsInHand_GoesBack()
    {
        var gateway = Gateway();
        var caller = BudgetGateway.Caller((Key, new LimitSet { DollarsPerDay = 1_000 }));
        for (var i = 0; i < 200; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            await SpendAsync(gateway, caller, 100, upkeep: false);
        }

        var limits = new BudgetLimits(0, 0, Money.ToNanoDollars(1_000), 0);
        await gateway.UpkeepAsync();
        Assert.True(_books.Calls < 60, $"{_books.Calls} calls for 200 requests: nothing was held ahead.");
        Assert.True(_books.Look(Key, limits).Day.Held > 0, "Nothing was in hand, so nothing is shown.");

        _clock.Advance(TimeSpan.FromSeconds(3));
        await gateway.UpkeepAsync();

        Assert.Equal((Money.ToNanoDollars(20), 0), (_books.Look(Key, limits).Day.Used, _books.Look(Key, limits).Day.Held));
    }

    [Fact]
    public async Task Client_ThatLeavesWhileItWaits_HoldsNothing()
    {
        var gateway = Gateway();
        _books.Mood = BooksMood.AnswerLater;
        using var left = new CancellationTokenSource();
        var exchange = gateway.Request(BudgetGateway.Caller((Key, FourDollars)));
        var waiting = gateway.Keeper.ReserveAsync(exchange, gateway.Snapshots.Current, left.Token).AsTask();
        await _books.Asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(Money.ToNanoDollars(1), _books.Look(Key, FourDollarsADay).Day.Held);

        _books.Mood = BooksMood.Answer;
        _books.Answer.SetResult();
        await gateway.UpkeepAsync();
        _clock.Advance(TimeSpan.FromSeconds(3));
        await gateway.UpkeepAsync();

        Assert.Equal(0, _books.Look(Key, FourDollarsADay).Day.Held);
    }

    [Fact]
    public async Task Stream_ThatOutgrowsItsReservation_TakesMoreAndIsNotCut()
    {
        var gateway = Gateway();
        var exchange = gateway.Request(BudgetGateway.Caller((Key, new LimitSet { TokensPerMinute = 1_000 })), ",\"max_tokens\":100");
        Assert.Null(await gateway.ReserveAsync(exchange));

        exchange.Reservation!.Grow(5_000);
        gateway.End(exchange, new TokenUsage(0, 0, 0, 5_000, 0));
        await gateway.UpkeepAsync();

        Assert.Equal(5_000, _books.Look(Key, AThousandTokens).Minute.Used);
    }

    private static TokenUsage Used(long output) => new(0, 0, 0, output, 0);

    private static async Task<(int, string?)> RefusalAsync(BudgetGateway gateway, GatewayApi.Pipeline.Exchange exchange)
    {
        var refusal = await gateway.ReserveAsync(exchange);
        return (refusal?.Status ?? 200, refusal?.Code);
    }

    private BudgetGateway Gateway(int gateways = 1) => new(_books, _clock, _options, gateways);

    private static async Task SpendAsync(BudgetGateway gateway, Caller caller, long output, bool upkeep = true)
    {
        var exchange = gateway.Request(caller);
        Assert.Null(await gateway.ReserveAsync(exchange));
        gateway.End(exchange, Used(output));
        if (upkeep)
        {
            await gateway.UpkeepAsync();
        }
    }
}

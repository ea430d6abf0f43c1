using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Unit.RateLimiting;
using ProxyCluster.Tests.Unit.Routing;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class ContextFitterTests : IDisposable
{
    // What unread images count for where nothing is known of their model.
    private static readonly TokenRules TextOfGpt = new(TokenCounters.O200k, ImageTokens.Unknown);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ReloadableOptions _options = new();
    private readonly CondensationMetrics _metrics;
    private readonly CondensationRun _run;
    private ContextFitter? _fitter;

    public ContextFitterTests()
    {
        // No test is about being slow.
        Settings.TimeLimitMs = 60_000;
        _metrics = new CondensationMetrics(_services.GetRequiredService<IMeterFactory>());
        _run = new CondensationRun(
            _options, new TokenizerLoads(_options), new SummaryWriter(_options, null!, _metrics, TimeProvider.System), _metrics, TimeProvider.System, NullLogger<CondensationRun>.Instance);
    }

    private CondensationOptions Settings => _options.CurrentValue.Condensation;

    // Made when the settings are as the test has them.
    private ContextFitter Fitter => _fitter ??= new ContextFitter(_options, _run, _metrics);

    public void Dispose()
    {
        _fitter?.Dispose();
        _run.Dispose();
        _metrics.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData(0, 0, false, 4096)]
    [InlineData(0, 2000, false, 2000)]
    [InlineData(0, 0, true, 25_000)]
    [InlineData(0, 8000, true, 8000)]
    [InlineData(9000, 0, false, 9000)]
    [InlineData(9000, 2000, true, 2000)]
    public void Answer_HasTheRoomThatItCanTake(int asked, int longest, bool thinks, int expected)
    {
        var request = Request(1, asked);

        var room = new CondensationPolicy(Settings).RoomFor(
            request, Candidate(200_000, longest, thinks, "own-model"), new CondensationRule(true, default, true, 0), null);

        Assert.Equal(expected, room.Answer);
    }

    [Theory]
    [InlineData(8000, 2000)]
    [InlineData(100_000, 4096)]
    public void Answer_WithoutALimit_HasAtMostAQuarterOfTheContext(int context, int expected) =>
        Assert.Equal(expected, new CondensationPolicy(Settings).RoomFor(Request(1), Candidate(context), new CondensationRule(true, default, true, 0), null).Answer);

    [Fact]
    public async Task Conversation_OnlyToBeRefused_IsCountedOnceForAllThatCountAlike()
    {
        var exchange = Exchange(Request(400));

        var first = await Fitter.FitAsync(exchange, Candidate(2000));
        var layout = exchange.Counted!.Found(TextOfGpt)!.Value.Layout;
        var second = await Fitter.FitAsync(exchange, Candidate(1000));

        Assert.Equal(("context_length_exceeded", "context_length_exceeded"), (first.Refusal?.Code, second.Refusal?.Code));
        Assert.NotNull(layout);
        Assert.Same(layout, exchange.Counted.Found(TextOfGpt)!.Value.Layout);
        Assert.True(layout.IsCounted);
    }

    [Fact]
    public async Task Conversation_OfAModelOfAnotherTokenizer_IsCountedAnew()
    {
        var exchange = Exchange(Request(400));

        await Fitter.FitAsync(exchange, Candidate(2000));
        await Fitter.FitAsync(exchange, Candidate(2000, model: "claude-x"));

        Assert.NotEqual(
            exchange.Counted!.Found(TextOfGpt)!.Value.Layout!.Tokens,
            exchange.Counted.Found(TokenRules.For("claude-x") with { Images = ImageTokens.Unknown })!.Value.Layout!.Tokens);
    }

    [Fact]
    public async Task Conversation_CondensedForTwo_IsFoundForBothWithoutBeingCondensedAgain()
    {
        var exchange = Condensing(Request(400));

        var small = await Fitter.FitAsync(exchange, Candidate(2000));
        var large = await Fitter.FitAsync(exchange, Candidate(4000));

        Assert.True(small.Figures!.TokensAfter <= 1500 && large.Figures!.TokensAfter > small.Figures.TokensAfter, $"{small.Figures} {large.Figures}");
        Assert.Same(small, await Fitter.FitAsync(exchange, Candidate(2000)));
        Assert.Same(large, await Fitter.FitAsync(exchange, Candidate(4000)));
    }

    [Fact]
    public async Task SecondBesideTheFirst_IsReady_OnlyWhereNothingIsToBeCondensedForIt()
    {
        var exchange = Condensing(Request(400));
        Assert.False(Fitter.IsReady(exchange, Candidate(2000)));

        await Fitter.FitAsync(exchange, Candidate(2000));

        Assert.True(Fitter.IsReady(exchange, Candidate(2000)), "It was condensed for this room.");
        Assert.False(Fitter.IsReady(exchange, Candidate(3000)), "It is too long for this one too.");
        Assert.True(Fitter.IsReady(exchange, Candidate(100_000)), "All of it fits.");
        Assert.True(Fitter.IsReady(Exchange(Request(400)), Candidate(2000)), "It is not to be condensed at all.");
    }

    [Fact]
    public async Task Forgotten_IsFoundAgain()
    {
        var exchange = Condensing(Request(400));
        var before = await Fitter.FitAsync(exchange, Candidate(2000));

        exchange.Condensing!.Forget();
        exchange.Counted!.Forget();
        var after = await Fitter.FitAsync(exchange, Candidate(2000));

        Assert.NotSame(before, after);
        Assert.Equal(before.Request!.Body.ToArray(), after.Request!.Body.ToArray());
    }

    [Fact]
    public async Task LimitOfTheAnswer_ThatLeavesNoRoom_IsItsProvidersToRefuse()
    {
        var exchange = Condensing(Request(3, maxTokens: 1990));

        var fit = await Fitter.FitAsync(exchange, Candidate(2000));

        Assert.Null(fit.Refusal);
        Assert.Same(exchange.Request, fit.Request);
    }

    [Fact]
    public async Task Timestamps_OfWhatItsProviderIsToRefuse_AreNotSent()
    {
        var exchange = Condensing(Request(3, maxTokens: 1990, hasTimestamps: true));

        var fit = await Fitter.FitAsync(exchange, Candidate(2000));

        Assert.Equal(Request(3, maxTokens: 1990).Body.ToArray(), fit.Request!.Body.ToArray());
    }

    [Fact]
    public async Task Timestamps_OfWhatIsNotCondensedInTime_AreNotSent()
    {
        Settings.TimeLimitMs = 0;
        var exchange = Exchange(Request(100, hasTimestamps: true));
        exchange.Condensing = Fitter.For(InferenceOperation.ChatCompletions, new CondenseWish(CondensationStrategy.Hybrid, 200));

        var fit = await Fitter.FitAsync(exchange, Candidate(100_000));

        Assert.Null(fit.Figures);
        Assert.Equal(Request(100).Body.ToArray(), fit.Request!.Body.ToArray());
    }

    [Theory]
    [InlineData(0, 3000)]
    [InlineData(1000, 0)]
    [InlineData(20, 0)]
    public async Task LimitOfTheAnswer_ThatTheClientLeavesOpen_IsWhatTheContextLeaves(int longest, int leastRoom)
    {
        var exchange = Condensing(Request(20));

        var fit = await Fitter.FitAsync(exchange, Candidate(4000, longest));

        Assert.InRange(fit.Request!.AnswerRoomTokens, leastRoom, leastRoom == 0 ? 0 : 3999);
    }

    [Fact]
    public async Task CondensedRequest_TellsWhatIsLeftForTheAnswer()
    {
        var exchange = Condensing(Request(400));

        var fit = await Fitter.FitAsync(exchange, Candidate(2000, longest: 64_000));

        Assert.Equal(2000 - fit.Figures!.TokensAfter, fit.Request!.AnswerRoomTokens);
    }

    private static Exchange Exchange(InferenceRequest request) =>
        new(new DefaultHttpContext(), InferenceOperation.ChatCompletions, new RequestScratch(TimeProvider.System), TimeProvider.System)
        {
            RequestId = "req_test",
            Region = "local",
            Request = request,
        };

    private static Candidate Candidate(int context, int longest = 0, bool thinks = false, string model = "gpt-4o") => Definitions.Index(Definitions.Provider("p") with
    {
        Models = [new ModelDefinition { Id = model, ContextLengthTokens = context, MaxOutputTokens = longest, Reasoning = thinks }],
    }).Resolve(model)[0];

    private static InferenceRequest Request(int messages, int maxTokens = 0, bool hasTimestamps = false)
    {
        var said = string.Join(',', Enumerable.Range(0, messages).Select(i => string.Create(
            CultureInfo.InvariantCulture, $$"""{{{(hasTimestamps ? $"\"timestamp\":{i}," : "")}}"role":"{{(i % 2 == 0 ? "user" : "assistant")}}","content":"On day {{i}} the ferry to the islands was late because of fog."}""")));
        var limit = maxTokens > 0 ? $"\"max_tokens\":{maxTokens}," : "";
        var refusal = RequestScanner.Scan(
            Encoding.UTF8.GetBytes($$"""{"model":"gpt-4o",{{limit}}"messages":[{{said}}]}"""), InferenceOperation.ChatCompletions, new InputLimitOptions(), new ModelNames(), out var request);
        Assert.Null(refusal);
        return request!;
    }

    private Exchange Condensing(InferenceRequest request)
    {
        Settings.Automatic = true;
        var exchange = Exchange(request);
        exchange.Condensing = Fitter.For(InferenceOperation.ChatCompletions, null);
        return exchange;
    }
}

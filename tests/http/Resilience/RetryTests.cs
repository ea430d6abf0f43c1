using System.Diagnostics;
using System.Net;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>Where nobody else is left a provider is asked again, if that can help and the wait is worth it.</summary>
public sealed class RetryTests : IClassFixture<RetryFixture>
{
    private readonly RetryFixture _gateway;

    public RetryTests(RetryFixture gateway)
    {
        _gateway = gateway;
        First.Reset();
        Second.Reset();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ScriptedUpstream First => _gateway.First;

    private ScriptedUpstream Second => _gateway.Second;

    public static TheoryData<string, bool> PassingTroubles()
    {
        var data = new TheoryData<string, bool>();
        string[] both = ["status=408", "status=409", "status=425", "status=500", "status=502", "status=503", "status=504", "status=529", "html", "empty", "refuse", "refuse;reset"];
        foreach (var trouble in both)
        {
            data.Add(trouble, false);
            data.Add(trouble, true);
        }

        data.Add("half-json", false);
        data.Add("malformed=1", true);
        data.Add("malformed=2", true);
        data.Add("cut-events=1", true);
        data.Add("error-event=2", true);
        return data;
    }

    [Theory, MemberData(nameof(PassingTroubles))]
    public async Task Trouble_ThatMayPass_IsAskedAgainOfTheOnlyProvider(string script, bool stream)
    {
        var pair = _gateway.NextPair();
        First.Next(BehaviourText.Parse(script));

        using var response = await ChatAsync(pair.OnlyFirst, stream);

        // A connection that was kept open and closes at once is no attempt: the request is sent again over a fresh one.
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancel)}");
        Assert.Equal(2, First.RequestCount);
    }

    [Theory]
    [InlineData("status=400", 400)]
    [InlineData("status=401", 502)]
    [InlineData("status=403", 502)]
    [InlineData("status=404", 404)]
    [InlineData("status=413", 413)]
    [InlineData("status=422", 422)]
    [InlineData("status=429", 429)]
    [InlineData("status=429;retry-after=30", 429)]
    public async Task Trouble_ThatStays_IsToldAtOnce(string script, int status)
    {
        var pair = _gateway.NextPair();
        First.ForModel(pair.Model, BehaviourText.Parse(script));

        using var response = await ChatAsync(pair.OnlyFirst);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(1, First.RequestCount);
    }

    [Theory]
    [InlineData(429, false)]
    [InlineData(503, true)]
    public async Task RetryAfter_ThatIsShort_IsWaitedForWhereNobodyElseIsLeft(int status, bool stream)
    {
        var pair = _gateway.NextPair();
        First.Next(new Behaviour { Status = status, RetryAfter = "1" });
        var since = Stopwatch.StartNew();

        using var response = await ChatAsync(pair.OnlyFirst, stream);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(since.Elapsed >= TimeSpan.FromSeconds(0.99), $"Asked again after {since.Elapsed}.");
        Assert.Equal(2, First.RequestCount);
    }

    [Fact]
    public async Task RetryAfter_BeyondTheClientsDeadline_IsToldAtOnce()
    {
        var pair = _gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = 429, RetryAfter = "3" });
        var request = Chats.Request(pair.OnlyFirst);
        request.Headers.Add("x-proxy-timeout-ms", "2000");

        using var response = await _gateway.Client.SendAsync(request, Cancel);

        Assert.Equal((429, "3"), ((int)response.StatusCode, Chats.Header(response, "retry-after")));
        Assert.Equal(1, First.RequestCount);
    }

    [Fact]
    public async Task RetryAfter_WhereAnotherProviderCanHelp_IsNotWaitedFor()
    {
        var pair = _gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = 429, RetryAfter = "1" });

        using var response = await ChatAsync(pair.Alias);

        Assert.Equal(pair.Second, Chats.Header(response, "x-proxy-provider"));
        Assert.Equal((1, 1), (First.RequestCount, Second.RequestCount));
    }

    [Fact]
    public async Task Attempts_AreThreeInAll()
    {
        var pair = _gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = 500 });

        using var response = await ChatAsync(pair.OnlyFirst);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(("3", "false"), (Chats.Header(response, "x-proxy-attempts"), Chats.Header(response, "x-should-retry")));
        Assert.Equal(3, First.RequestCount);
    }

    [Fact]
    public async Task Attempts_AreThreeInAll_OverSeveralProvidersToo()
    {
        var pair = _gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = 500 });
        Second.ForModel(pair.Model, new() { Status = 500 });

        using var response = await ChatAsync(pair.Alias);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(3, First.RequestCount + Second.RequestCount);
    }

    [Fact]
    public async Task Stream_ThatBreaksAfterItsFirstContent_IsNeverAskedAgain()
    {
        var pair = _gateway.NextPair();
        First.ForModel(pair.Model, new() { CutAfterEvents = 3 });

        using var response = await ChatAsync(pair.OnlyFirst, stream: true);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("upstream_stream_interrupted", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Equal(1, First.RequestCount);
    }

    [Fact]
    public async Task Client_ThatLeavesDuringTheWait_IsNotAskedFor()
    {
        var pair = _gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = 429, RetryAfter = "2" });
        using (var client = new CancellationTokenSource())
        {
            var asking = _gateway.Client.SendAsync(Chats.Request(pair.OnlyFirst), client.Token);
            await First.NextRequestAsync();
            await client.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }

        // Its retry would come before the one of this request, which waits as long from later on.
        First.ForModel(pair.Model, Behaviour.Default);
        First.Next(new Behaviour { Status = 429, RetryAfter = "3" });
        using var response = await ChatAsync(pair.OnlyFirst);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, First.RequestCount);
    }

    [Fact]
    public async Task Retries_WhenEverythingFails_StayWithinAFifthOfWhatIsInFlight()
    {
        const int AtOnce = 60;
        var pair = _gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = 500, DelayBeforeHeaders = TimeSpan.FromMilliseconds(400) });
        await AskAllAsync(pair.OnlyFirst, AtOnce);
        var before = First.RequestCount;

        await AskAllAsync(pair.OnlyFirst, AtOnce);

        // A fifth of 60 in flight, each at most twice more. Without a budget all 60 would be asked three times.
        Assert.InRange(First.RequestCount - before, AtOnce + 1, AtOnce + (2 * AtOnce / 5));
        Assert.True(await RefusedRetriesAsync(pair.First) > AtOnce / 2);
    }

    private Task<HttpResponseMessage> ChatAsync(string model, bool stream = false) =>
        _gateway.Client.SendAsync(Chats.Request(model, stream), HttpCompletionOption.ResponseHeadersRead, Cancel);

    private async Task AskAllAsync(string model, int count)
    {
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            using var response = await ChatAsync(model);
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        }));
    }

    private async Task<int> RefusedRetriesAsync(string provider) => await Meters.ReadAsync(
        _gateway.Ops, "proxycluster_resilience_retries", $"provider=\"{provider}\"", "kind=\"refused\"");
}

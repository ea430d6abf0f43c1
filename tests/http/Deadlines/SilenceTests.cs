using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Resilience;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Deadlines;

/// <summary>A provider that says nothing is given up for the next one, whole answers and streams alike; a model that thinks is given its time.</summary>
public sealed class SilenceTests : IClassFixture<SilenceFixture>
{
    private readonly SilenceFixture _gateway;

    public SilenceTests(SilenceFixture gateway)
    {
        _gateway = gateway;
        gateway.First.Reset();
        gateway.Second.Reset();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("silent", SilenceFixture.Plain, false)]
    [InlineData("silent", SilenceFixture.Plain, true)]
    [InlineData("silent", SilenceFixture.Sized, false)]
    [InlineData("silent", SilenceFixture.Quick, false)]
    [InlineData("silent", SilenceFixture.Quick, true)]
    [InlineData("stall=0", SilenceFixture.Plain, false)]
    [InlineData("stall=0", SilenceFixture.Plain, true)]
    [InlineData("stall=0", SilenceFixture.Sized, false)]
    public async Task Silence_IsAnsweredByTheNextProvider(string script, string model, bool stream)
    {
        var pair = _gateway.NextPair(model);
        _gateway.First.Behaviour = BehaviourText.Parse(script);

        using var response = await ChatAsync(pair.Alias, stream);

        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancel)}");
        Assert.Equal((pair.Second, "2"), (Chats.Header(response, "x-proxy-provider"), Chats.Header(response, "x-proxy-attempts")));
        Assert.True((await (await _gateway.First.NextRequestAsync()).Ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel)).PeerLeft);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silence_WhereNobodyElseIsLeft_IsTold(bool stream)
    {
        var pair = _gateway.NextPair(SilenceFixture.Plain);
        _gateway.First.Behaviour = Behaviour.BlackHole;

        using var alone = await ChatAsync(pair.OnlyFirst, stream);

        Assert.Equal(HttpStatusCode.GatewayTimeout, alone.StatusCode);
        var error = JsonNode.Parse(await alone.Content.ReadAsStringAsync(Cancel))!["error"]!;
        Assert.Equal(("timeout_error", "upstream_timeout"), ((string?)error["type"], (string?)error["code"]));
        Assert.Equal(1, _gateway.First.RequestCount);
    }

    [Theory]
    [InlineData(SilenceFixture.Thinker, false)]
    [InlineData(SilenceFixture.Thinker, true)]
    [InlineData(SilenceFixture.Declared, false)]
    [InlineData(SilenceFixture.Declared, true)]
    public async Task Thought_IsWaitedFor(string model, bool stream)
    {
        var pair = _gateway.NextPair(model);
        _gateway.First.Behaviour = new() { DelayBeforeFirstEvent = SilenceFixture.Thought };

        using var response = await ChatAsync(pair.Alias, stream);

        Assert.Equal((HttpStatusCode.OK, pair.First), (response.StatusCode, Chats.Header(response, "x-proxy-provider")));
    }

    [Theory]
    [InlineData(SilenceFixture.Thinker, true)]
    [InlineData(SilenceFixture.Plain, false)]
    public async Task Thought_InTheMiddleOfAStream_IsWaitedForOnlyOfAModelThatThinks(string model, bool isWhole)
    {
        var pair = _gateway.NextPair(model);
        _gateway.First.Behaviour = new()
        {
            BeforeEvent = (number, cancel) => number == 4 ? Task.Delay(SilenceFixture.Thought, TimeProvider.System, cancel) : Task.CompletedTask,
        };

        using var response = await ChatAsync(pair.Alias, stream: true);
        using var reader = new SseReader(await response.Content.ReadAsStreamAsync(Cancel));
        var events = await reader.ToEndAsync(Cancel);

        Assert.Equal(pair.First, Chats.Header(response, "x-proxy-provider"));
        Assert.Equal(isWhole, events[^1] == "[DONE]");
        Assert.Equal(!isWhole, events[^1].Contains("upstream_timeout", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WholeAnswer_ThatMayBeLong_IsWaitedForLongerThanAFirstEvent()
    {
        var pair = _gateway.NextPair(SilenceFixture.Sized);
        _gateway.First.Behaviour = new() { DelayBeforeHeaders = SilenceFixture.Thought };

        using var response = await ChatAsync(pair.Alias, stream: false);

        Assert.Equal((HttpStatusCode.OK, pair.First), (response.StatusCode, Chats.Header(response, "x-proxy-provider")));
    }

    [Fact]
    public async Task WholeAnswer_ThatHasBegun_IsReadToItsEndHoweverSlow()
    {
        var pair = _gateway.NextPair(SilenceFixture.Plain);
        _gateway.First.Behaviour = new()
        {
            SplitBytes = 100,
            BeforePiece = (number, cancel) => number == 2 ? Task.Delay(SilenceFixture.Thought, TimeProvider.System, cancel) : Task.CompletedTask,
        };

        using var response = await ChatAsync(pair.Alias, stream: false);

        Assert.Equal((HttpStatusCode.OK, pair.First), (response.StatusCode, Chats.Header(response, "x-proxy-provider")));
    }

    private Task<HttpResponseMessage> ChatAsync(string model, bool stream) =>
        _gateway.Client.SendAsync(Chats.Request(model, stream), HttpCompletionOption.ResponseHeadersRead, Cancel);
}

using System.Net;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Fallback;

/// <summary>Before the first content the next provider is asked, whatever the first one's trouble is.</summary>
public sealed class FallbackTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    public static TheoryData<string, bool> Troubles()
    {
        var data = new TheoryData<string, bool>();
        string[] both = ["status=500", "status=503", "status=429;retry-after=30", "status=408", "status=401", "status=403", "html", "html;status=502", "empty", "refuse", "refuse;reset"];
        foreach (var trouble in both)
        {
            data.Add(trouble, false);
            data.Add(trouble, true);
        }

        data.Add("half-json", false);
        data.Add("cut-bytes=20", false);
        data.Add("cut-bytes=20;reset", false);
        data.Add("cut-events=1", true);
        data.Add("cut-events=1;reset", true);
        data.Add("error-event=1", true);
        data.Add("error-event=2", true);
        data.Add("malformed=1", true);
        data.Add("malformed=2", true);
        return data;
    }

    [Theory, MemberData(nameof(Troubles))]
    public async Task Trouble_BeforeTheFirstContent_IsAnsweredByTheNextProvider(string script, bool stream)
    {
        var pair = Gateway.NextPair();
        var behaviour = BehaviourText.Parse(script);
        First.ForModel(pair.Model, script.StartsWith("html;", StringComparison.Ordinal) ? behaviour with { Status = 502 } : behaviour);

        using var response = await ChatAsync(pair.Alias, stream);

        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancel)}");
        var text = stream ? Fold(await ReadEventsAsync(response)) : (string?)(await ReadJsonAsync(response))["choices"]![0]!["message"]!["content"];
        Assert.Equal("Hello from the scripted upstream.", text);
        Assert.Equal(pair.Second, Header(response, "x-proxy-provider"));
        Assert.Equal(1, Second.RequestCount);

        // A connection that other providers of the host have left open may have been tried first.
        Assert.InRange(First.RequestCount, 1, script.StartsWith("refuse", StringComparison.Ordinal) ? 2 : 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NothingListening_IsAnsweredByTheNextProvider(bool stream)
    {
        using var response = await ChatAsync("dead-then-second", stream);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("s-p1", Header(response, "x-proxy-provider"));
    }

    [Theory]
    [InlineData("silent", false)]
    [InlineData("silent", true)]
    [InlineData("stall=0", false)]
    [InlineData("stall=0", true)]
    [InlineData("stall=1", true)]
    public async Task Silence_BeforeTheFirstContent_IsAnsweredByTheNextProvider(string script, bool stream)
    {
        var pair = Gateway.NextQuick();
        First.ForModel(pair.Model, BehaviourText.Parse(script));

        using var response = await ChatAsync(pair.Alias, stream);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(pair.Second, Header(response, "x-proxy-provider"));
        var left = await (await First.NextRequestAsync()).Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.True(left.PeerLeft, "The attempt that was given up is cancelled.");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task Refusal_OfTheRequestItself_IsNotTriedElsewhere(int status)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = status });

        using var response = await ChatAsync(pair.Alias);

        await AssertRefusedAsync(response, (HttpStatusCode)status, "invalid_request_error", "scripted");
        Assert.Equal(0, Second.RequestCount);
    }

    [Fact]
    public async Task AllProvidersFail_TheLastTroubleIsTold()
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = 500 });
        Second.ForModel(pair.Model, Behaviour.Html);

        using var response = await ChatAsync(pair.Alias);

        await AssertRefusedAsync(response, HttpStatusCode.BadGateway, "upstream_error", "upstream_invalid_response");
        Assert.Equal("false", Header(response, "x-should-retry"));
        Assert.Equal((1, 1), (First.RequestCount, Second.RequestCount));
    }
}

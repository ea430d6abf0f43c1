using System.Net;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.BadInput;

/// <summary>What the client sees when the only provider of a model misbehaves.</summary>
public sealed class BadProviderTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    public static TheoryData<string, bool, int, string, string> Troubles()
    {
        var data = new TheoryData<string, bool, int, string, string>();
        foreach (var stream in new[] { false, true })
        {
            data.Add("html", stream, 502, "upstream_error", "upstream_invalid_response");
            data.Add("half-json", stream, 502, "upstream_error", "upstream_invalid_response");
            data.Add("empty", stream, 502, "upstream_error", "upstream_invalid_response");
            data.Add("status=500", stream, 502, "upstream_error", "upstream_failed");
            data.Add("status=503", stream, 502, "upstream_error", "upstream_failed");
            data.Add("status=401", stream, 502, "upstream_error", "upstream_credentials");
            data.Add("status=403", stream, 502, "upstream_error", "upstream_credentials");
            data.Add("status=429;retry-after=7", stream, 429, "rate_limit_error", "upstream_rate_limited");
            data.Add("refuse", stream, 502, "upstream_error", "upstream_invalid_response");
            data.Add("refuse;reset", stream, 502, "upstream_error", "upstream_invalid_response");
        }

        data.Add("body=[];type=application/json", false, 502, "upstream_error", "upstream_invalid_response");
        data.Add("""body={"error":{"message":"no"}}""", false, 502, "upstream_error", "upstream_invalid_response");
        data.Add("bytes=2000000", false, 502, "upstream_error", "upstream_invalid_response");
        data.Add("cut-bytes=20", false, 502, "upstream_error", "upstream_invalid_response");
        data.Add("malformed=1", true, 502, "upstream_error", "upstream_invalid_response");
        data.Add("huge-event=2;huge-bytes=1000000", true, 502, "upstream_error", "upstream_invalid_response");
        data.Add("cut-events=1", true, 502, "upstream_error", "upstream_stream_interrupted");
        return data;
    }

    [Theory, MemberData(nameof(Troubles))]
    public async Task OnlyProvider_InTrouble_IsToldByStatusTypeAndCode(string script, bool stream, int status, string type, string code)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, BehaviourText.Parse(script));

        using var response = await ChatAsync(pair.OnlyFirst, stream);

        var error = await AssertRefusedAsync(response, (HttpStatusCode)status, type, code);
        var message = (string)error["message"]!;
        Assert.DoesNotContain("127.0.0.1", message, StringComparison.Ordinal);
        Assert.DoesNotContain("upstream-key", message, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", message, StringComparison.Ordinal);
        Assert.Equal(0, Second.RequestCount);
    }

    [Fact]
    public async Task RetryAfter_OfTheOnlyProvider_IsPassedOn()
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = 429, RetryAfter = "7" });

        using var response = await ChatAsync(pair.OnlyFirst);

        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
        Assert.Equal("7000", Header(response, "retry-after-ms"));
    }

    [Fact]
    public async Task NothingListening_IsUnreachable()
    {
        using var response = await ChatAsync("dead-model");

        await AssertRefusedAsync(response, HttpStatusCode.BadGateway, "upstream_error", "upstream_unreachable");
    }

    [Theory]
    [InlineData("silent", false)]
    [InlineData("silent", true)]
    [InlineData("stall=0", true)]
    public async Task Silence_OfTheOnlyProvider_IsATimeout(string script, bool stream)
    {
        var pair = Gateway.NextQuick();
        First.ForModel(pair.Model, BehaviourText.Parse(script));

        using var response = await ChatAsync(pair.OnlyFirst, stream);

        await AssertRefusedAsync(response, HttpStatusCode.GatewayTimeout, "timeout_error", "upstream_timeout");
        Assert.True((await (await First.NextRequestAsync()).Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).PeerLeft);
    }

    [Fact]
    public async Task RefusalOfTheRequest_IsPassedOnInOurForm()
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new()
        {
            Status = 400,
            Body = """{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""",
        });

        using var response = await ChatAsync(pair.OnlyFirst);

        var error = await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "context_length_exceeded");
        Assert.Equal("messages", (string?)error["param"]);
        Assert.Contains("8192", (string?)error["message"], StringComparison.Ordinal);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Reuse;

/// <summary>A connection to a provider that dies under a request: who sees it, and when it is sent again.</summary>
public sealed class ReusedConnectionTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private const string Padding = ",\"user\":\"";

    [Theory]
    [InlineData("refuse", false)]
    [InlineData("refuse", true)]
    [InlineData("refuse;reset", false)]
    [InlineData("refuse;reset", true)]
    public async Task KeptConnection_ThatDiesUnderARequest_IsReplacedUnseen(string script, bool stream)
    {
        var pair = Gateway.NextPair();
        await WarmAsync(pair);
        First.Next(BehaviourText.Parse(script));

        using var response = await ChatAsync(pair.OnlyFirst, stream);

        Assert.Equal((HttpStatusCode.OK, "1"), (response.StatusCode, Header(response, "x-proxy-attempts")));
        Assert.Contains("Hello", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        var requests = First.Requests;
        Assert.Equal(3, requests.Count);
        Assert.Equal(requests[0].Connection, requests[1].Connection);
        Assert.NotEqual(requests[1].Connection, requests[2].Connection);
        Assert.Equal(requests[1].Text, requests[2].Text);
    }

    [Fact]
    public async Task KeptConnection_ThatDiesUnderALargeRequest_IsReplacedAndTheBodySentWhole()
    {
        var pair = Gateway.NextPair();
        await WarmAsync(pair);
        First.Next(BehaviourText.Parse("refuse;reset"));
        var more = Padding + new string('x', 900_000) + "\"";

        using var response = await ChatAsync(pair.OnlyFirst, more: more);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(First.Requests[1].Body, First.Requests[^1].Body);
    }

    [Fact]
    public async Task FreshConnection_ThatDies_IsNotTriedAgain()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(ProgramOptions.Provider("p", "openai", new Uri(upstream.Url, "/v1"), "m")),
                ["Pools"] = new JsonObject { ["MinSize"] = 0 },
                ["Routing"] = new JsonObject { ["Retry"] = new JsonObject { ["AskAgain"] = false } },
            },
        });
        using var client = TestHttp.Client(silo.Data);
        upstream.Next(BehaviourText.Parse("refuse"));

        using var response = await client.SendAsync(Post("/v1/chat/completions", ChatBody("m")), Cancel);

        await AssertRefusedAsync(response, HttpStatusCode.BadGateway, "upstream_error", "upstream_invalid_response");
        Assert.Equal(1, upstream.RequestCount);
    }

    [Fact]
    public async Task KeptConnection_CutInTheHeadOfAnAnswer_IsNotTriedAgain()
    {
        var pair = Gateway.NextPair();
        await WarmAsync(pair);
        First.Next(BehaviourText.Parse("cut-head=12"));

        using var response = await ChatAsync(pair.OnlyFirst);

        await AssertRefusedAsync(response, HttpStatusCode.BadGateway, "upstream_error", "upstream_invalid_response");
        Assert.Equal(2, First.RequestCount);
    }

    [Fact]
    public async Task SecondConnection_ThatDiesToo_IsTheEnd()
    {
        var pair = Gateway.NextPair();
        await WarmAsync(pair);
        var refuse = BehaviourText.Parse("refuse");
        First.Next(refuse, refuse);

        using var response = await ChatAsync(pair.OnlyFirst);

        await AssertRefusedAsync(response, HttpStatusCode.BadGateway, "upstream_error", "upstream_invalid_response");
        Assert.Equal(3, First.RequestCount);
    }

    private async Task WarmAsync(ProviderPair pair)
    {
        using var response = await ChatAsync(pair.OnlyFirst);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await response.Content.ReadAsStringAsync(Cancel);
    }
}

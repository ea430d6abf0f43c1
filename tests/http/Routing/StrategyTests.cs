using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Resilience;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Routing;

/// <summary>Who is asked by which strategy: by alias, by header, and by a strategy of one's own.</summary>
public sealed class StrategyTests(RoutedGateway gateway) : IClassFixture<RoutedGateway>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cheapest", null, "cost", "beta")]
    [InlineData("near", null, "geographic", "gamma")]
    [InlineData("cheapest", "geographic", "geographic", "gamma")]
    [InlineData("shared", "cost", "cost", "beta")]
    [InlineData("own", "cost", "cost", "beta")]
    public async Task Alias_AndHeader_DecideTheStrategy(string model, string? wished, string strategy, string provider)
    {
        foreach (var (path, body) in Bodies(model))
        {
            using var response = await gateway.SendAsync(path, body, wished);

            Assert.Equal(
                (HttpStatusCode.OK, strategy, provider, "<none>"),
                (response.StatusCode, Header(response, "x-proxy-strategy"), Header(response, "x-proxy-provider"), Header(response, "x-proxy-fallback")));
        }
    }

    [Fact]
    public async Task RoundRobin_GoesRoundByName()
    {
        var asked = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            using var response = await gateway.SendAsync("/v1/chat/completions", Bodies("turns")[0].Body);
            asked.Add(Header(response, "x-proxy-provider"));
        }

        Assert.Equal(["alpha", "beta", "gamma"], asked.Take(3).Order());
        Assert.Equal(asked.Take(3), asked.Skip(3));
    }

    [Fact]
    public async Task Header_OfWhoIsNoAdministrator_IsRefused()
    {
        using var response = await gateway.SendAsync("/v1/chat/completions", Bodies("shared")[0].Body, "cost", gateway.User);

        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_permissions"), (response.StatusCode, await CodeOfAsync(response)));
    }

    [Fact]
    public async Task Header_OfAnUnknownStrategy_IsRefused()
    {
        using var response = await gateway.SendAsync("/v1/chat/completions", Bodies("shared")[0].Body, "Cost");

        Assert.Equal((HttpStatusCode.BadRequest, "unknown_strategy"), (response.StatusCode, await CodeOfAsync(response)));
    }

    [Fact]
    public async Task OwnStrategy_KeepsItsSpareUntilTheOthersHaveEnoughToDo()
    {
        // No other test asks these providers: what the cluster is told of requests in flight is up to half a second old.
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Upstream.Reset();
        gateway.Upstream.Next(new Behaviour { BeforeHeaders = cancelled => held.Task.WaitAsync(cancelled) });
        gateway.Upstream.Next(new Behaviour { BeforeHeaders = cancelled => held.Task.WaitAsync(cancelled) });
        var first = gateway.SendAsync("/v1/chat/completions", Bodies("spared")[0].Body);
        await gateway.Upstream.NextRequestAsync();
        var second = gateway.SendAsync("/v1/chat/completions", Bodies("spared")[0].Body);
        await gateway.Upstream.NextRequestAsync();

        using var third = await gateway.SendAsync("/v1/chat/completions", Bodies("spared")[0].Body);
        held.SetResult();
        using var one = await first;
        using var other = await second;

        Assert.Equal(["work-1", "work-2"], new[] { Header(one, "x-proxy-provider"), Header(other, "x-proxy-provider") }.Order());
        Assert.Equal(("acme-spare", "spare"), (Header(third, "x-proxy-strategy"), Header(third, "x-proxy-provider")));
    }

    [Fact]
    public async Task Choices_AreCountedByStrategyAndProvider()
    {
        using var response = await gateway.SendAsync("/v1/chat/completions", Bodies("cheapest")[0].Body);
        using var ops = TestHttp.Client(gateway.Gateway.Ops);

        await Meters.CountsAsync(ops, "proxycluster_routing_choices_total", "provider=\"beta\"", "strategy=\"cost\"");
    }

    private static (string Path, string Body)[] Bodies(string model) =>
    [
        ("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}]}"""),
        ("/v1/messages", $$"""{"model":"{{model}}","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}"""),
        ("/v1/responses", $$"""{"model":"{{model}}","input":"Hi"}"""),
        ("/v1/chat/completions", $$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"Hi"}]}"""),
    ];

    private static async Task<string?> CodeOfAsync(HttpResponseMessage response) =>
        (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!["code"];

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "<none>";
}

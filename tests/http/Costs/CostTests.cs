using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.Costs;

/// <summary>Where a client reads what its answer cost.</summary>
public sealed class CostTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Fact]
    public async Task Answer_Whole_TellsItInAHeader()
    {
        using var response = await ChatAsync(GatewayFixture.PricedModel);

        Assert.Equal("0.0000975", Header(response, "x-proxy-cost-usd"));
    }

    [Fact]
    public async Task Answer_Streamed_TellsItInTheUsageEvent()
    {
        using var response = await ChatAsync(GatewayFixture.PricedModel, stream: true, ",\"stream_options\":{\"include_usage\":true}");
        var events = await ReadEventsAsync(response);

        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(0.0000975m, (decimal)JsonNode.Parse(events[^2])!["usage"]!["cost_usd"]!);
        Assert.All(events.SkipLast(2), data => Assert.DoesNotContain("cost_usd", data, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answer_OfAModelWithoutAPrice_TellsNothing()
    {
        var unknown = Gateway.NextPair().OnlyFirst;
        using var whole = await ChatAsync(unknown);
        using var streamed = await ChatAsync(unknown, stream: true, ",\"stream_options\":{\"include_usage\":true}");

        Assert.False(whole.Headers.Contains("x-proxy-cost-usd"));
        Assert.DoesNotContain("cost_usd", await streamed.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }
}

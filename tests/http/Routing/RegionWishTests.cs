using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Routing;

/// <summary>The header <c>x-proxy-region</c>: the providers of one region alone serve.</summary>
public sealed class RegionWishTests(RoutedGateway gateway) : IClassFixture<RoutedGateway>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("shared", "us-east-1", "alpha")]
    [InlineData("cheapest", "eu-west-3", "gamma")]
    [InlineData("near", "ap-northeast-1", "beta")]
    public async Task Region_LeavesItsProviders_WhateverTheStrategy(string model, string region, string provider)
    {
        using var response = await SendAsync("/v1/chat/completions", Chat(model), region);

        Assert.Equal((HttpStatusCode.OK, provider), (response.StatusCode, Assert.Single(response.Headers.GetValues("x-proxy-provider"))));
    }

    [Theory]
    [InlineData("no-such-region", null)]
    [InlineData("EU-WEST-3", null)]
    [InlineData("eu-west-2", null)]
    [InlineData("", null)]
    [InlineData("eu-west-3", "alpha")]
    public async Task Region_WhereNobodyServes_IsRefusedByItsName(string region, string? provider)
    {
        using var response = await SendAsync("/v1/chat/completions", Chat("shared"), region, provider);

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_value", "x-proxy-region"), (response.StatusCode, (string?)error["code"], (string?)error["param"]));
    }

    [Fact]
    public async Task Region_OfAnAliasWhoseProvidersHaveNone_IsRefused()
    {
        using var response = await SendAsync("/v1/chat/completions", Chat("rescue"), "eu-west-3");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Region_IsExplained()
    {
        using var response = await SendAsync("/v1/routing/explain", Chat("shared"), "eu-west-3");

        var candidates = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["candidates"]!.AsArray();
        Assert.Equal(
            [("alpha", true), ("beta", true), ("gamma", false)],
            candidates.Where(one => (string?)one!["provider"] != "delta")
                .Select(one => ((string)one!["provider"]!, one["reasons"]!.AsArray().Any(reason => (string?)reason == "not_in_region")))
                .Order());
    }

    [Fact]
    public async Task Region_TakesThePermission()
    {
        using var response = await SendAsync("/v1/chat/completions", Chat("shared"), "eu-west-3", client: gateway.User);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static string Chat(string model) => $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}]}""";

    private async Task<HttpResponseMessage> SendAsync(string path, string body, string region, string? provider = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("x-proxy-region", region);
        if (provider is not null)
        {
            request.Headers.Add("x-proxy-provider", provider);
        }

        return await (client ?? gateway.Admin).SendAsync(request, Cancel);
    }
}

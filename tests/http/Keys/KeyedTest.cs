using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Keys;

[CollectionDefinition(Name)]
public sealed class KeyedGatewayCollection : ICollectionFixture<KeyedGatewayFixture>
{
    public const string Name = "keyed gateway";
}

/// <summary>What tests of the gateway with keys have in common.</summary>
[Collection(KeyedGatewayCollection.Name)]
public abstract class KeyedTest
{
    private protected KeyedTest(KeyedGatewayFixture gateway)
    {
        Gateway = gateway;
        gateway.Upstream.Reset();
    }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected KeyedGatewayFixture Gateway { get; }

    protected async Task<(string Id, string Key)> CreateKeyAsync(string name)
    {
        using var created = await Gateway.Admin.PostAsJsonAsync("/admin/v1/keys", new { name, roles = new[] { "user" } }, Cancel);
        var text = await created.Content.ReadAsStringAsync(Cancel);
        Assert.True(created.StatusCode == HttpStatusCode.Created, $"{(int)created.StatusCode}: {text}");
        var body = JsonNode.Parse(text)!;
        return ((string)body["publicId"]!, (string)body["key"]!);
    }

    protected Task<HttpResponseMessage> ChatAsync(string? key, string header = "Authorization") =>
        SendAsync(HttpMethod.Post, "/v1/chat/completions", key, header, JsonContent.Create(new { model = "gpt-4o", messages = new[] { new { role = "user", content = "Hello" } } }));

    protected Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? key, string header = "Authorization", HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation(header, header == "Authorization" ? "Bearer " + key : key);
        }

        return Gateway.Data.SendAsync(request, Cancel);
    }

    protected static async Task AssertInvalidKeyAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{(int)response.StatusCode}: {text}");
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal(("authentication_error", "invalid_api_key"), ((string?)error["type"], (string?)error["code"]));
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Gateway;

/// <summary>Tests that share one gateway run one after another, each with fresh upstreams.</summary>
[CollectionDefinition(Name)]
public sealed class GatewayCollection : ICollectionFixture<GatewayFixture>
{
    public const string Name = "gateway";
}

/// <summary>What tests of the shared gateway have in common.</summary>
[Collection(GatewayCollection.Name)]
public abstract class GatewayTest
{
    private protected GatewayTest(GatewayFixture gateway)
    {
        Gateway = gateway;
        gateway.First.Reset();
        gateway.Second.Reset();
    }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected GatewayFixture Gateway { get; }

    protected ScriptedUpstream First => Gateway.First;

    protected ScriptedUpstream Second => Gateway.Second;

    protected static string ChatBody(string model, bool stream = false, string more = "") =>
        $$"""{"model":{{JsonSerializer.Serialize(model)}},"messages":[{"role":"user","content":"Hello"}]{{(stream ? ",\"stream\":true" : "")}}{{more}}}""";

    protected static HttpRequestMessage Post(string path, string body, string contentType = "application/json")
    {
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    /// <summary>Sends a chat request and returns as soon as the headers are there.</summary>
    protected Task<HttpResponseMessage> ChatAsync(string model, bool stream = false, string more = "") =>
        SendAsync(Post("/v1/chat/completions", ChatBody(model, stream, more)));

    protected Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        Gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);

    protected static async Task<JsonNode> ReadJsonAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;

    /// <summary>The stream's events to its end; a cut connection fails.</summary>
    protected static async Task<IReadOnlyList<string>> ReadEventsAsync(HttpResponseMessage response)
    {
        using var reader = new SseReader(await response.Content.ReadAsStreamAsync(Cancel));
        return await reader.ToEndAsync(Cancel);
    }

    /// <summary>What the content deltas of a stream say together.</summary>
    protected static string Fold(IEnumerable<string> events) => string.Concat(events
        .Where(data => data != "[DONE]")
        .Select(data => JsonNode.Parse(data)!["choices"] is JsonArray { Count: > 0 } choices ? (string?)choices[0]!["delta"]?["content"] : null));

    /// <summary>Checks a refusal: status, all four members of the error, and the shape.</summary>
    protected static async Task<JsonNode> AssertRefusedAsync(HttpResponseMessage response, HttpStatusCode status, string type, string? code)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(status == response.StatusCode, $"Expected {(int)status}, got {(int)response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var error = JsonNode.Parse(text)!["error"]!.AsObject();
        Assert.Equal(["message", "type", "param", "code"], error.Select(member => member.Key));
        Assert.Equal(type, (string?)error["type"]);
        Assert.Equal(code, (string?)error["code"]);
        Assert.False(string.IsNullOrEmpty((string?)error["message"]));
        Assert.True(response.Headers.Contains("x-request-id"), "An error carries x-request-id too.");
        return error;
    }

    protected static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : $"<no {name}>";
}

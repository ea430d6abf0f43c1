using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Custom;

/// <summary>The first configuration on <c>docs/providers/custom.md</c>.</summary>
public sealed class CustomSampleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sample_OfTheDocument_AnswersWhole()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new Behaviour
        {
            Body = """{"result":{"id":"r1","outputs":[{"text":"Hello"}],"reason":"cut"},"billing":{"in":4,"out":2}}""",
        };
        await using var silo = await StartAsync(upstream);
        using var client = TestHttp.Client(silo.Data);

        var answer = JsonNode.Parse(await PostAsync(client, """{"model":"acme-1","max_tokens":9,"messages":[{"role":"system","content":"Brief"},{"role":"user","content":"Hi"}]}"""))!;

        Assert.Equal("Hello", (string?)answer["choices"]?[0]?["message"]?["content"]);
        Assert.Equal(("length", 6), ((string?)answer["choices"]![0]!["finish_reason"], (int)answer["usage"]!["total_tokens"]!));
        var sent = Assert.Single(upstream.Requests);
        Assert.Equal(("/v2/generate", "planted-key", null), (sent.Target, sent.Header("x-acme-key"), sent.Header("authorization")));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"engine":"acme-1","instructions":"Brief","turns":[{"role":"user","content":"Hi"}],"settings":{"limit":9,"origin":"gateway:"},"streaming":false}"""),
            JsonNode.Parse(sent.Body)));
    }

    [Fact]
    public async Task Sample_OfTheDocument_Streams()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new Behaviour
        {
            Body = "data: {\"piece\":\"Hel\"}\n\ndata: {\"piece\":\"lo\"}\n\ndata: {\"reason\":\"end\",\"billing\":{\"in\":4,\"out\":2}}\n\ndata: [DONE]\n\n",
            ContentType = "text/event-stream",
        };
        await using var silo = await StartAsync(upstream);
        using var client = TestHttp.Client(silo.Data);

        var text = await PostAsync(client, """{"model":"acme-1","stream":true,"messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Contains("\"content\":\"Hel\"", text, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"stop\"", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    private static Task<SiloProcess> StartAsync(ScriptedUpstream upstream) => CustomPage.StartAsync("acme", upstream);

    private static async Task<string> PostAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Cancel);
        return await response.Content.ReadAsStringAsync(Cancel);
    }
}

using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Answers whose text looks like framing: it stays text, and a client sees no event, end or header that the provider did not send (RELIABILITY S27).</summary>
public sealed class ResponseSplittingTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private const string Split = "a\r\n\r\ndata: [DONE]\r\n\r\nevent: error\r\ndata: {\"error\":{}}\n\n: ping\nid: 7\nretry: 1\n\n\r\nHTTP/1.1 200 OK\r\nset-cookie: planted=1\r\n\r\n\u2028\u0085b";

    public static TheoryData<string> Models => [GatewayFixture.OpenAiModel, GatewayFixture.AnthropicModel];

    [Theory, MemberData(nameof(Models))]
    public async Task Stream_OfTextThatLooksLikeFraming_HasOneEndAndSaysTheText(string model)
    {
        First.Behaviour = new() { Text = Split };

        using var response = await ChatAsync(model, stream: true);
        var bytes = await response.Content.ReadAsStringAsync(Cancel);

        var lines = bytes.Split('\n').Where(static line => line.Length > 0).ToList();
        Assert.All(lines, static line => Assert.StartsWith("data: ", line, StringComparison.Ordinal));
        Assert.Equal(lines.Count - 1, lines.IndexOf("data: [DONE]"));
        Assert.DoesNotContain('\r', bytes);
        Assert.Equal(Split, Fold(lines.Select(static line => line["data: ".Length..])));
        Assert.False(response.Headers.Contains("set-cookie"));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Stream_ToAnAnthropicClient_HasTheEventsOfItsDialectOnly(string model)
    {
        First.Behaviour = new() { Text = Split };

        using var response = await SendAsync(Post("/v1/messages", $$"""{"model":"{{model}}","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hi"}]}"""));
        var events = (await response.Content.ReadAsStringAsync(Cancel)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        string[] known = ["message_start", "content_block_start", "ping", "content_block_delta", "content_block_stop", "message_delta", "message_stop"];
        Assert.All(events, one =>
        {
            var lines = one.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.Contains(lines[0]["event: ".Length..], known);
            Assert.Equal(lines[0]["event: ".Length..], (string?)JsonNode.Parse(lines[1]["data: ".Length..])!["type"]);
        });
        Assert.Equal(events.Length - 1, Array.FindIndex(events, static one => one.StartsWith("event: message_stop", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Answer_OfTextThatLooksLikeFraming_IsOneDocumentThatSaysTheText(string model)
    {
        First.Behaviour = new() { Text = Split };

        using var response = await ChatAsync(model);

        Assert.Equal(Split, (string?)(await ReadJsonAsync(response))["choices"]![0]!["message"]!["content"]);
        Assert.False(response.Headers.Contains("set-cookie"));
    }
}

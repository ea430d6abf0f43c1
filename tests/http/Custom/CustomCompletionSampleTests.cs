using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Custom;

/// <summary>A custom provider of which nothing is said: it completes text, and its list tells of its models.</summary>
public sealed class CustomCompletionSampleTests : IAsyncLifetime
{
    private ScriptedUpstream _upstream = null!;
    private SiloProcess _silo = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _upstream.GetBehaviour = new Behaviour { Body = """[{"id":"storyteller","name":"Storyteller"}]""" };
        _upstream.Behaviour = new Behaviour
        {
            Body = """{"id":"s1","created":1,"model":"storyteller","text":"upon a time","finish_reason":"stop","usage":{"prompt_tokens":3,"completion_tokens":4}}""",
        };
        _silo = await CustomPage.StartAsync("my_custom_ai", _upstream);
        _client = TestHttp.Client(_silo.Data);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _silo.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Model_ThatTheListTellsOf_IsShownWithTheDefaults()
    {
        JsonNode? model = null;
        while (model is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
            var list = await _client.GetFromJsonAsync<JsonNode>("/v1/models", Cancel);
            model = list!["data"]!.AsArray().FirstOrDefault();
        }

        model["created"] = 1;
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse("""
                    {"id":"custom-storyteller","object":"model","created":1,"owned_by":"my_custom_ai","context_length":4096,"max_output_tokens":2048,
                     "input_cost_per_million":0,"output_cost_per_million":0,"supports_chat":false,"supports_completion":true,"capabilities":["completions"]}
                    """),
                model),
            model.ToJsonString());
    }

    [Fact]
    public async Task Prompt_IsAnsweredWithATextCompletion()
    {
        var answer = JsonNode.Parse(await PostAsync("/v1/completions", """{"model":"custom-storyteller","prompt":"Once","max_tokens":9}"""))!;

        Assert.Equal(("s1", "text_completion", 7), ((string?)answer["id"], (string?)answer["object"], (int)answer["usage"]!["total_tokens"]!));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""[{"text":"upon a time","index":0,"logprobs":null,"finish_reason":"stop"}]"""), answer["choices"]));
        var sent = Assert.Single(_upstream.Requests);
        Assert.Equal(("/completions", "Bearer planted-key"), (sent.Target, sent.Header("authorization")));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"model":"storyteller","prompt":"Once","max_tokens":9}"""), JsonNode.Parse(sent.Body)), sent.Text);
    }

    [Fact]
    public async Task Prompt_AskedForAStream_IsAnsweredWithOne()
    {
        var text = await PostAsync("/v1/completions", """{"model":"custom-storyteller","prompt":"Once","stream":true}""");

        Assert.StartsWith("data: {\"id\":\"s1\",\"object\":\"text_completion\"", text, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"upon a time\"", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_IsRefused()
    {
        var answer = JsonNode.Parse(await PostAsync("/v1/chat/completions", """{"model":"custom-storyteller","messages":[{"role":"user","content":"Hi"}]}"""))!;

        Assert.Equal("capability_not_supported", (string?)answer["error"]!["code"]);
    }

    private async Task<string> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
        return await response.Content.ReadAsStringAsync(Cancel);
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Hooks;

/// <summary>The product as one process with the sample's assembly and its hook, before a provider of each dialect.</summary>
public sealed class HookedGateway : IAsyncLifetime
{
    public const string ChatModel = "gpt-4o";
    public const string MessagesModel = "claude-sonnet-4-5";
    public const string ResponsesModel = "gpt-responses";

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The sample, as <c>dotnet build</c> makes it.</summary>
    public static string Sample => Path.Combine(
        RepositoryPaths.Root, "docs", "samples", "RedactionHook", "bin", RepositoryPaths.Configuration, "net10.0", "RedactionHook.dll");

    public async ValueTask InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        Gateway = await SiloProcess.StartAsync(new ProgramOptions { Config = Config(Upstream) });
        Client = TestHttp.Client(Gateway.Data);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (Gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Gateway.Process.Output);
            await Gateway.DisposeAsync();
        }

        await Upstream.DisposeAsync();
    }

    /// <summary>A configuration with the sample, as <c>docs/hooks.md</c> shows it.</summary>
    public static JsonObject Config(ScriptedUpstream upstream) => new()
    {
        ["Extensions"] = new JsonArray(Sample),
        ["Hooks"] = JsonNode.Parse("""[ { "Type": "acme-project", "Settings": { "Codename": "Bluebird" } } ]"""),
        ["Providers"] = new JsonArray(
            ProgramOptions.Provider("openai-like", "openai", new Uri(upstream.Url, "/v1"), ChatModel),
            ProgramOptions.Provider("anthropic-like", "anthropic", new Uri(upstream.Url, "/v1"), MessagesModel),
            ProgramOptions.Provider("responses-like", "openai-responses", new Uri(upstream.Url, "/v1"), ResponsesModel)),
        ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = 1_000_000, ["RequestsPerHour"] = 1_000_000 },
    };

    /// <summary>A stream of the dialect that a model's provider speaks, with these pieces of text.</summary>
    public static Behaviour Stream(string model, params IEnumerable<string> pieces) => new()
    {
        ContentType = "text/event-stream",
        SplitBytes = 7,
        Body = string.Concat((model switch
        {
            MessagesModel => MessagesEvents([.. pieces]),
            ResponsesModel => ResponsesEvents([.. pieces]),
            _ => ChatEvents([.. pieces]),
        }).Select(static one => one.Name is null ? $"data: {one.Data}\n\n" : $"event: {one.Name}\ndata: {one.Data}\n\n")),
    };

    /// <summary>Asks in a dialect.</summary>
    public async Task<(int Status, string Body)> AskAsync(string path, string model, string text, bool stream)
    {
        var said = JsonSerializer.Serialize(text);
        var more = stream ? ",\"stream\":true" : "";
        var body = path == "/v1/responses"
            ? $$"""{"model":"{{model}}","input":{{said}}{{more}}}"""
            : $$"""{"model":"{{model}}","max_tokens":50,"messages":[{"role":"user","content":{{said}}}]{{more}}}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>What the text deltas of a stream say together, in whichever dialect.</summary>
    public static string Fold(string stream)
    {
        var text = new StringBuilder();
        foreach (var line in stream.Split('\n').Where(static line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            var data = JsonNode.Parse(line[6..])!;
            var delta = data["choices"] is JsonArray { Count: > 0 } choices ? choices[0]!["delta"]?["content"] : data["delta"];
            text.Append((string?)(delta is JsonObject block ? block["text"] : delta));
        }

        return text.ToString();
    }

    private static IEnumerable<(string? Name, string Data)> ChatEvents(string[] pieces)
    {
        yield return (null, Chunk("""{"role":"assistant","content":""}""", "null"));
        foreach (var piece in pieces)
        {
            yield return (null, Chunk($$"""{"content":{{JsonSerializer.Serialize(piece)}}}""", "null"));
        }

        yield return (null, Chunk("{}", "\"stop\""));
        yield return (null, "[DONE]");

        static string Chunk(string delta, string finish) =>
            $$"""{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""";
    }

    private static IEnumerable<(string? Name, string Data)> MessagesEvents(string[] pieces)
    {
        yield return ("message_start", """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}""");
        yield return ("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        foreach (var piece in pieces)
        {
            yield return ("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(piece)}}}}}""");
        }

        yield return ("content_block_stop", """{"type":"content_block_stop","index":0}""");
        yield return ("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}}""");
        yield return ("message_stop", """{"type":"message_stop"}""");
    }

    private static IEnumerable<(string? Name, string Data)> ResponsesEvents(string[] pieces)
    {
        var text = JsonSerializer.Serialize(string.Concat(pieces));
        var item = $$"""{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":{{text}},"annotations":[]}]}""";
        var number = 0;
        yield return At("response.created", """ "response":{"id":"resp_1","object":"response","status":"in_progress","model":"m","output":[],"instructions":"Bluebird is secret"} """);
        yield return At("response.output_item.added", """ "output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]} """);
        yield return At("response.content_part.added", """ "item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]} """);
        foreach (var piece in pieces)
        {
            yield return At("response.output_text.delta", $$""" "item_id":"msg_1","output_index":0,"content_index":0,"delta":{{JsonSerializer.Serialize(piece)}},"logprobs":[] """);
        }

        yield return At("response.output_text.done", $$""" "item_id":"msg_1","output_index":0,"content_index":0,"text":{{text}},"logprobs":[] """);
        yield return At("response.content_part.done", $$""" "item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":{{text}},"annotations":[]} """);
        yield return At("response.output_item.done", $$""" "output_index":0,"item":{{item}} """);
        yield return At("response.completed", $$$""" "response":{"id":"resp_1","object":"response","status":"completed","model":"m","output":[{{{item}}}],"usage":{"input_tokens":3,"output_tokens":5,"total_tokens":8}} """);

        (string?, string) At(string type, string members) => (type, $$"""{"type":"{{type}}","sequence_number":{{number++}},{{members}}}""");
    }
}

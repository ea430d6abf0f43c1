using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Messages;

/// <summary>Requests of the Messages API, and what becomes of them at a server of OpenAI's dialect.</summary>
internal static class MessagesCase
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    private static readonly OpenAiAdapter OpenAi = new(OpenAiDialect.Presets[0], new FakeTimeProvider(Now));
    private static readonly ModelNames Names = new();

    /// <summary>Scans a request as the pipeline does.</summary>
    public static InferenceRequest Request(string body, InferenceOperation operation = InferenceOperation.Messages)
    {
        var refusal = RequestScanner.Scan(Encoding.UTF8.GetBytes(body), operation, new InputLimitOptions(), Names, out var request);
        Assert.Null(refusal);
        return request!;
    }

    /// <summary>A request with the given members besides one user's message.</summary>
    public static InferenceRequest Ask(string members = "") =>
        Request("""{"model":"m","max_tokens":99,"messages":[{"role":"user","content":"Hi"}]""" + (members.Length == 0 ? "" : ",") + members + "}");

    public static UpstreamRequest SendToOpenAi(InferenceRequest request, string model = "gpt-5") => OpenAi.CreateRequest(
        new UpstreamTarget(
            new ProviderDefinition { Name = "p", Type = "openai" }, new ModelDefinition { Id = "*" }, model, new Uri("https://provider.example/v1/"), null),
        request);

    public static JsonObject SentToOpenAi(InferenceRequest request)
    {
        var upstream = SendToOpenAi(request);
        Assert.Null(upstream.Refusal);
        return Body(upstream);
    }

    public static JsonObject Body(UpstreamRequest upstream) => Providers.SentRequest.Body(upstream);

    public static Refusal? Refusal(string body) => MessagesDialect.Instance.Read(Encoding.UTF8.GetBytes(body)).Refusal;

    public static JsonObject Whole(Answer answer)
    {
        var output = new ArrayBufferWriter<byte>();
        MessagesDialect.Instance.WriteAnswer(answer, Ask(), Now, output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    /// <summary>The events that a stream writes, their names checked.</summary>
    public static List<JsonObject> Stream(Action<AnswerStream> write)
    {
        var output = new ArrayBufferWriter<byte>();
        var stream = MessagesDialect.Instance.CreateStream(Ask(), Now);
        stream.Output = output;
        write(stream);
        return Events(Encoding.UTF8.GetString(output.WrittenSpan));
    }

    public static List<JsonObject> Events(string text)
    {
        var events = new List<JsonObject>();
        foreach (var frame in text.Split("\n\n").SkipLast(1))
        {
            var lines = frame.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            var data = JsonNode.Parse(lines[1]["data: ".Length..])!.AsObject();
            Assert.Equal($"event: {data["type"]}", lines[0]);
            events.Add(data);
        }

        return events;
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, but it was {actual?.ToJsonString() ?? "null"}.");
}

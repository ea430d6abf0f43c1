using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>An adapter with a target, and the few steps that the tests of adapters share.</summary>
internal sealed class ProviderCase(ProviderAdapter adapter, string model)
{
    public ProviderAdapter Adapter => adapter;

    public UpstreamTarget Target(string? otherModel = null, string? baseUrl = null) => new(
        new ProviderDefinition { Name = adapter.Type, Type = adapter.Type, ApiKey = "${KEY}" },
        new ModelDefinition { Id = "*" },
        otherModel ?? model,
        new Uri((baseUrl ?? adapter.DefaultBaseUrl ?? "https://provider.example").TrimEnd('/') + "/"),
        new Secret("sk-planted"));

    /// <summary>A chat with the given members besides a model and, where they have none, one user's message.</summary>
    public InferenceRequest Chat(string members, InferenceOperation operation = InferenceOperation.ChatCompletions)
    {
        var body = JsonNode.Parse("{" + members + "}")!.AsObject();
        body["model"] ??= model;
        if (operation == InferenceOperation.ChatCompletions)
        {
            body["messages"] ??= JsonNode.Parse("""[{"role":"user","content":"Hi"}]""");
        }

        return Request(body.ToJsonString(), operation);
    }

    public InferenceRequest Embeddings(string members) => Chat(members, InferenceOperation.Embeddings);

    public JsonObject Sent(InferenceRequest request, string? otherModel = null) => Sent(request, out _, otherModel);

    public JsonObject Sent(InferenceRequest request, out string? warnings, string? otherModel = null)
    {
        var upstream = adapter.CreateRequest(Target(otherModel), request);
        Assert.Null(upstream.Refusal);
        warnings = upstream.Warnings;
        return SentRequest.Body(upstream, adapter.Type);
    }

    public (int? Status, string? Code, string? Param) Refused(InferenceRequest request)
    {
        var refusal = adapter.CreateRequest(Target(), request).Refusal;
        return (refusal?.Status, refusal?.Code, refusal?.Param);
    }

    public (WholeAnswer Answer, JsonNode? Shown) Read(InferenceRequest request, string body)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = adapter.ReadAnswer(request, Encoding.UTF8.GetBytes(body), output);
        return (answer, output.WrittenCount == 0 ? null : JsonNode.Parse(output.WrittenSpan));
    }

    /// <summary>Plays a stream's events, and tells what each meant and what the client saw.</summary>
    public (StreamSignal[] Signals, string Shown, StreamTranslator Translator) Play(params string[] events)
    {
        var translator = adapter.CreateStream(Chat("\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        var output = new ArrayBufferWriter<byte>();
        var signals = events.Select(data => translator.Translate(default, Encoding.UTF8.GetBytes(data), output)).ToArray();
        return (signals, Encoding.UTF8.GetString(output.WrittenSpan), translator);
    }

    public static JsonObject Body(UpstreamRequest upstream) => SentRequest.Body(upstream);

    public static InferenceRequest Request(string body, InferenceOperation operation)
    {
        Assert.Null(RequestScanner.Scan(Encoding.UTF8.GetBytes(body), operation, new(), new ModelNames(), out var request));
        return request!;
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, but it was {actual?.ToJsonString() ?? "null"}.");
}

using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Unit.Providers.OpenAiResponses;

/// <summary>The adapter at a fixed time, and the few steps its tests share.</summary>
internal static class ResponsesProviderCase
{
    public static readonly ResponsesAdapter Adapter = new(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000)));

    private static readonly InputLimitOptions Limits = new();
    private static readonly ModelNames Names = new();

    public static UpstreamTarget Target(string model) => new(
        new ProviderDefinition { Name = "o", Type = "openai-responses" },
        new ModelDefinition { Id = "*" },
        model,
        new Uri("https://api.openai.com/v1/"),
        new Secret("sk-planted"));

    public static InferenceRequest Request(string body, InferenceOperation operation = InferenceOperation.ChatCompletions)
    {
        Assert.Null(RequestScanner.Scan(Encoding.UTF8.GetBytes(body), operation, Limits, Names, out var request));
        return request!;
    }

    /// <summary>A chat request with the given members besides a model and one message.</summary>
    public static InferenceRequest Ask(string members = "") =>
        Request("""{"model":"m","messages":[{"role":"user","content":"Hi"}]""" + (members.Length == 0 ? "" : ",") + members + "}");

    public static (JsonObject Sent, string? Warnings) Send(InferenceRequest request, string model = "gpt-4o")
    {
        var upstream = Adapter.CreateRequest(Target(model), request);
        Assert.Null(upstream.Refusal);
        using var message = upstream.Message!;
        Assert.Equal("https://api.openai.com/v1/responses", message.RequestUri!.ToString());
        return (SentRequest.Body(upstream), upstream.Warnings);
    }

    /// <summary>Plays events, and gives back the signals, the output and how it ended.</summary>
    public static StreamPlay Play(InferenceRequest request, params string[] events)
    {
        var stream = Adapter.CreateStream(request);
        var output = new ArrayBufferWriter<byte>();
        var signals = events.Select(data => stream.Translate(default, Encoding.UTF8.GetBytes(data), output)).ToList();
        var isComplete = signals.Contains(StreamSignal.End) || stream.Complete(output);
        return new StreamPlay(signals, Encoding.UTF8.GetString(output.WrittenSpan), isComplete, stream);
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, but it was {actual?.ToJsonString() ?? "null"}.");
}

internal sealed record StreamPlay(List<StreamSignal> Signals, string Output, bool IsComplete, StreamTranslator Stream)
{
    /// <summary>Of a chat stream: the deltas of its chunks.</summary>
    public JsonArray Deltas => [.. Chunks.Where(static chunk => chunk["choices"]!.AsArray().Count > 0).Select(static chunk => chunk["choices"]![0]!["delta"]!.DeepClone())];

    public IEnumerable<JsonNode> Chunks => Output
        .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Select(static frame => JsonNode.Parse(frame["data: ".Length..])!);
}

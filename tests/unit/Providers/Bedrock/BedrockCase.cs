using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

/// <summary>The adapter at a fixed time, and the few steps its tests share.</summary>
internal static class BedrockCase
{
    public const string Claude = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

    public const string Nova = "amazon.nova-pro-v1:0";

    public static readonly BedrockAdapter Adapter = new(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000)));

    public static UpstreamTarget Target(string model = Claude, string key = "bedrock-key-planted", string url = "https://bedrock-runtime.us-east-1.amazonaws.com/") => new(
        new ProviderDefinition { Name = "bedrock", Type = "bedrock", ApiKey = "${KEY}" },
        new ModelDefinition { Id = "*" },
        model,
        new Uri(url),
        new Secret(key));

    public static InferenceRequest Request(string body, InferenceOperation operation = InferenceOperation.ChatCompletions)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return new InferenceRequest
        {
            Operation = operation,
            Body = Encoding.UTF8.GetBytes(body),
            Model = root.TryGetProperty("model", out var model) ? model.GetString()! : "model",
            ModelToken = default,
            Stream = root.TryGetProperty("stream", out var stream) && stream.GetBoolean(),
            IncludeUsage = root.TryGetProperty("stream_options", out var options) && options.GetProperty("include_usage").GetBoolean(),
        };
    }

    /// <summary>A request with the given members besides one user's message.</summary>
    public static InferenceRequest Ask(string members = "") =>
        Request("""{"model":"m","messages":[{"role":"user","content":"Hi"}]""" + (members.Length == 0 ? "" : ",") + members + "}");

    /// <summary>A request with the given messages.</summary>
    public static InferenceRequest Say(string messages) => Request($$"""{"model":"m","messages":[{{messages}}]}""");

    /// <summary>What is sent for a request that must be sent without a warning.</summary>
    public static JsonObject Sent(InferenceRequest request, string model = Claude)
    {
        var upstream = Adapter.CreateRequest(Target(model), request);
        Assert.Null(upstream.Refusal);
        Assert.Null(upstream.Warnings);
        return Body(upstream);
    }

    public static JsonObject Body(UpstreamRequest upstream) => SentRequest.Body(upstream);

    public static JsonObject Answer(string body, out WholeAnswer answer, string members = "")
    {
        var output = new ArrayBufferWriter<byte>();
        answer = Adapter.ReadAnswer(Ask(members), Encoding.UTF8.GetBytes(body), output);
        Assert.Equal(AnswerValidity.Translated, answer.Validity);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, but it was {actual?.ToJsonString() ?? "null"}.");
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

/// <summary>The adapters at a fixed time, and the few steps their tests share.</summary>
internal static class GeminiCase
{
    public const long Now = 1_780_000_000;

    public static readonly FakeTimeProvider Clock = new(DateTimeOffset.FromUnixTimeSeconds(Now));

    public static readonly GoogleAiAdapter Adapter = new(Clock);

    public static UpstreamTarget Target(string model = "gemini-3-flash-preview", string baseUrl = "https://generativelanguage.googleapis.com/v1beta/", string key = "AIza-planted") => new(
        new ProviderDefinition { Name = "google", Type = "gemini", ApiKey = "${KEY}" },
        new ModelDefinition { Id = "*" },
        model,
        new Uri(baseUrl),
        new Secret(key));

    public static InferenceRequest Request(string body, InferenceOperation operation = InferenceOperation.ChatCompletions)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return new InferenceRequest
        {
            Operation = operation,
            Body = Encoding.UTF8.GetBytes(body),
            Model = root.TryGetProperty("model", out var model) ? model.GetString()! : "gemini",
            ModelToken = default,
            Stream = root.TryGetProperty("stream", out var stream) && stream.GetBoolean(),
            IncludeUsage = root.TryGetProperty("stream_options", out var options) && options.GetProperty("include_usage").GetBoolean(),
        };
    }

    /// <summary>A request with the given members besides one user's message.</summary>
    public static InferenceRequest Ask(string members) =>
        Request("""{"model":"gemini","messages":[{"role":"user","content":"Hi"}]""" + (members.Length == 0 ? "" : ",") + members + "}");

    public static InferenceRequest Say(string messages, string members = "") =>
        Request($$"""{"model":"gemini","messages":{{messages}}{{(members.Length == 0 ? "" : ",")}}{{members}}}""");

    public static JsonObject Sent(InferenceRequest request, string model = "gemini-3-flash-preview")
    {
        var upstream = Adapter.CreateRequest(Target(model), request);
        Assert.Null(upstream.Refusal);
        return Body(upstream);
    }

    public static JsonObject Body(UpstreamRequest upstream) => SentRequest.Body(upstream);

    public static JsonObject Answer(string body, out WholeAnswer answer, InferenceRequest? request = null)
    {
        var output = new ArrayBufferWriter<byte>();
        answer = Adapter.ReadAnswer(request ?? Ask(""), Encoding.UTF8.GetBytes(body), output);
        Assert.Equal(AnswerValidity.Translated, answer.Validity);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, but it was {actual?.ToJsonString() ?? "null"}.");
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;

namespace ProxyCluster.Tests.Unit.Providers.Anthropic;

/// <summary>The adapter at a fixed time, and the few steps its tests share.</summary>
internal static class AnthropicCase
{
    public const long Now = 1_780_000_000;

    public static readonly AnthropicAdapter Adapter = new(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(Now)));

    public static UpstreamTarget Target(string model = "claude-opus-4-6", int maxOutputTokens = 0) => new(
        new ProviderDefinition { Name = "anthropic", Type = "anthropic", ApiKey = "${KEY}" },
        new ModelDefinition { Id = "*", MaxOutputTokens = maxOutputTokens },
        model,
        new Uri("https://api.anthropic.com/v1/"),
        new Secret("sk-ant-planted"));

    public static InferenceRequest Request(string body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return new InferenceRequest
        {
            Operation = InferenceOperation.ChatCompletions,
            Body = Encoding.UTF8.GetBytes(body),
            Model = root.TryGetProperty("model", out var model) ? model.GetString()! : "claude",
            ModelToken = default,
            Stream = root.TryGetProperty("stream", out var stream) && stream.GetBoolean(),
            IncludeUsage = root.TryGetProperty("stream_options", out var options) && options.GetProperty("include_usage").GetBoolean(),
            MaxOutputTokens = root.TryGetProperty("max_completion_tokens", out var limit) || root.TryGetProperty("max_tokens", out limit) ? limit.GetInt32() : 0,
        };
    }

    /// <summary>A request of a client of another dialect.</summary>
    public static InferenceRequest Request(Conversation conversation) => new()
    {
        Operation = InferenceOperation.Responses,
        Dialect = new FixedDialect(conversation),
        Body = default,
        Model = "claude",
        ModelToken = default,
    };

    /// <summary>A request with the given members besides one user's message.</summary>
    public static InferenceRequest Ask(string members) =>
        Request("""{"model":"claude","messages":[{"role":"user","content":"Hi"}]""" + (members.Length == 0 ? "" : ",") + members + "}");

    public static JsonObject Sent(InferenceRequest request, UpstreamTarget? target = null)
    {
        var upstream = Adapter.CreateRequest(target ?? Target(), request);
        Assert.Null(upstream.Refusal);
        return Body(upstream);
    }

    public static JsonObject Body(UpstreamRequest upstream) => SentRequest.Body(upstream);

    public static JsonObject Answer(string body, out WholeAnswer answer)
    {
        var output = new ArrayBufferWriter<byte>();
        answer = Adapter.ReadAnswer(Ask(""), Encoding.UTF8.GetBytes(body), output);
        Assert.Equal(AnswerValidity.Translated, answer.Validity);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, but it was {actual?.ToJsonString() ?? "null"}.");

    /// <summary>A dialect whose every request is the same conversation.</summary>
    private sealed class FixedDialect(Conversation conversation) : ClientDialect
    {
        public override ConversationReading Read(ReadOnlyMemory<byte> body) => conversation;

        public override void WriteAnswer(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output) =>
            throw new NotSupportedException();

        public override AnswerStream CreateStream(InferenceRequest request, DateTimeOffset now) => throw new NotSupportedException();

        public override void WriteError(Refusal refusal, string requestId, IBufferWriter<byte> output) => throw new NotSupportedException();

        public override void WriteStreamError(Refusal refusal, string requestId, IBufferWriter<byte> output) => throw new NotSupportedException();
    }
}

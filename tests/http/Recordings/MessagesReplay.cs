using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Plays a provider's bytes for a client of Anthropic's Messages API, and tells what that client sees in OpenAI's words, so that it can be judged.</summary>
internal static class MessagesReplay
{
    private static readonly InputLimitOptions Limits = new();
    private static readonly ModelNames Names = new();

    /// <summary>What such a client asks.</summary>
    public static InferenceRequest RequestOf(Recording recording)
    {
        var body = new JsonObject
        {
            ["model"] = recording.Model,
            ["max_tokens"] = 1024,
            ["stream"] = recording.IsStream,
            ["messages"] = JsonNode.Parse("""[{"role":"user","content":"Hello"}]"""),
        };
        var refusal = RequestScanner.Scan(Encoding.UTF8.GetBytes(body.ToJsonString()), InferenceOperation.Messages, Limits, Names, out var request);
        return refusal is null ? request! : throw new InvalidOperationException(refusal.Message);
    }

    /// <summary>Plays a whole answer; <see langword="null"/>: it is none.</summary>
    public static (byte[]? Message, TokenUsage? Usage) Whole(Recording recording)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = RecordedProvider.AdapterOf(recording).ReadAnswer(RequestOf(recording), recording.Body, output);
        return answer.Validity switch
        {
            AnswerValidity.Verbatim => (recording.Body, answer.Usage),
            AnswerValidity.Translated => (output.WrittenSpan.ToArray(), answer.Usage),
            _ => (null, answer.Usage),
        };
    }

    /// <summary>Plays a stream that arrives in pieces; after the last one the connection closes.</summary>
    public static (byte[] Output, TokenUsage? Usage) Stream(Recording recording, params ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        var adapter = RecordedProvider.AdapterOf(recording);
        var request = RequestOf(recording);
        var translator = adapter.CreateStream(request);
        return (Relayed.Stream(translator, adapter, request.Dialect, pieces), translator.Usage);
    }

    /// <summary>What an OpenAI client would see, had it been told the same.</summary>
    public static ClientView ViewOf(ReadOnlySpan<byte> message) => MessagesView.ToChat(JsonNode.Parse(message)!.AsObject());

    /// <summary>What an OpenAI client would see of the same stream.</summary>
    public static ClientView ViewOfStream(byte[] events) => Replay.Stream(RecordingCatalog.All["golden-anthropic-text"], events);

    /// <summary>Whether the client sees an end.</summary>
    public static bool HasEnd(byte[] events) => Encoding.UTF8.GetString(events).EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", StringComparison.Ordinal)
        || Encoding.UTF8.GetString(events).TrimEnd().Split("\n\n")[^1].StartsWith("event: message_stop\n", StringComparison.Ordinal);

    /// <summary>Whether the client sees an error, as the last event.</summary>
    public static bool HasError(byte[] events) => Encoding.UTF8.GetString(events).TrimEnd().Split("\n\n")[^1].StartsWith("event: error\n", StringComparison.Ordinal);
}

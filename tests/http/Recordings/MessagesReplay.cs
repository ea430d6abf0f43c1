using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Plays a provider's bytes for a client of Anthropic's Messages API, and tells what that client sees in OpenAI's words, so that it can be judged.</summary>
internal static class MessagesReplay
{
    private const int MaxEventBytes = 4 * 1024 * 1024;

    private static readonly AnthropicAdapter Reader = new(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000)));
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
        var translator = adapter.CreateStream(RequestOf(recording));
        var output = new ArrayBufferWriter<byte>();
        using var reader = adapter.CreateEventReader(MaxEventBytes);
        foreach (var piece in pieces)
        {
            for (var rest = piece; rest.Length > 0;)
            {
                var room = reader.GetMemory();
                if (room.IsEmpty)
                {
                    MessagesDialect.Instance.WriteStreamError(Refusals.StreamInterrupted(), "req", output);
                    return (output.WrittenSpan.ToArray(), translator.Usage);
                }

                var count = Math.Min(room.Length, rest.Length);
                rest[..count].CopyTo(room);
                reader.Advance(count);
                rest = rest[count..];
                while (reader.TryRead())
                {
                    if (TryEnd(translator, reader, output))
                    {
                        return (output.WrittenSpan.ToArray(), translator.Usage);
                    }
                }
            }
        }

        if (!(reader.TryReadRest() && TryEnd(translator, reader, output)) && !translator.Complete(output))
        {
            MessagesDialect.Instance.WriteStreamError(Refusals.StreamInterrupted(), "req", output);
        }

        return (output.WrittenSpan.ToArray(), translator.Usage);
    }

    /// <summary>What an OpenAI client would see, had the message been Anthropic's answer to it.</summary>
    public static ClientView ViewOf(ReadOnlySpan<byte> message)
    {
        var output = new ArrayBufferWriter<byte>();
        var body = message.ToArray();
        var answer = Reader.ReadAnswer(RecordedProvider.RequestOf(RecordingCatalog.All.Values.First()), body, output);
        return ClientView.OfWhole(answer.Validity == AnswerValidity.Translated ? output.WrittenSpan : "{}"u8);
    }

    /// <summary>What an OpenAI client would see of the same stream.</summary>
    public static ClientView ViewOfStream(byte[] events) => Replay.Stream(RecordingCatalog.All["golden-anthropic-text"], events);

    /// <summary>Whether the client sees an end.</summary>
    public static bool HasEnd(byte[] events) => Encoding.UTF8.GetString(events).EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", StringComparison.Ordinal)
        || Encoding.UTF8.GetString(events).TrimEnd().Split("\n\n")[^1].StartsWith("event: message_stop\n", StringComparison.Ordinal);

    /// <summary>Whether the client sees an error, as the last event.</summary>
    public static bool HasError(byte[] events) => Encoding.UTF8.GetString(events).TrimEnd().Split("\n\n")[^1].StartsWith("event: error\n", StringComparison.Ordinal);

    private static bool TryEnd(StreamTranslator translator, EventReader reader, ArrayBufferWriter<byte> output)
    {
        switch (translator.Translate(reader.Name, reader.Data, output))
        {
            case StreamSignal.End:
                return true;
            case StreamSignal.Failed:
                MessagesDialect.Instance.WriteStreamError(translator.Error!.Value.Refusal, "req", output);
                return true;
            case StreamSignal.Malformed:
                MessagesDialect.Instance.WriteStreamError(Refusals.StreamInterrupted(), "req", output);
                return true;
            default:
                return false;
        }
    }
}

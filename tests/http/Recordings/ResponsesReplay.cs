using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Responses;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Plays a provider's bytes through its adapter for a client of Responses, as the gateway does.</summary>
internal static class ResponsesReplay
{
    private const int MaxEventBytes = 4 * 1024 * 1024;

    private static readonly InputLimitOptions Limits = new();
    private static readonly ModelNames Names = new();

    /// <summary>Plays a whole answer; <see langword="null"/>: it is none.</summary>
    public static JsonObject? Whole(Recording recording, ReadOnlyMemory<byte> body)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = RecordedProvider.AdapterOf(recording).ReadAnswer(RequestOf(recording, stream: false), body, output);
        return answer.Validity switch
        {
            AnswerValidity.Verbatim => JsonNode.Parse(body.Span)!.AsObject(),
            AnswerValidity.Translated => JsonNode.Parse(output.WrittenSpan)!.AsObject(),
            _ => null,
        };
    }

    /// <summary>Plays a stream that arrives in pieces; after the last one the connection closes.</summary>
    public static ResponsesView Stream(Recording recording, params ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        var translator = RecordedProvider.AdapterOf(recording).CreateStream(RequestOf(recording, stream: true));
        var output = new ArrayBufferWriter<byte>();
        using var reader = new SseReader(MaxEventBytes);
        foreach (var piece in pieces)
        {
            for (var rest = piece; rest.Length > 0;)
            {
                var count = Math.Min(reader.GetMemory().Length, rest.Length);
                rest[..count].CopyTo(reader.GetMemory());
                reader.Advance(count);
                rest = rest[count..];
                while (reader.TryRead())
                {
                    if (TryEnd(translator, reader, output) is { } view)
                    {
                        return view;
                    }
                }
            }
        }

        if (reader.TryReadRest() && TryEnd(translator, reader, output) is { } last)
        {
            return last;
        }

        return translator.Complete(output) ? ResponsesView.OfStream(output.WrittenSpan) : Broken(translator, Refusals.StreamInterrupted(), output);
    }

    private static ResponsesView? TryEnd(StreamTranslator translator, SseReader reader, ArrayBufferWriter<byte> output) =>
        translator.Translate(reader.Name, reader.Data, output) switch
        {
            StreamSignal.End => ResponsesView.OfStream(output.WrittenSpan),
            StreamSignal.Failed => Broken(translator, translator.Error!.Value.Refusal, output),
            StreamSignal.Malformed => Broken(translator, Refusals.UpstreamInvalidResponse(), output),
            _ => null,
        };

    private static ResponsesView Broken(StreamTranslator translator, Refusal refusal, ArrayBufferWriter<byte> output)
    {
        if (!translator.TellFailure(refusal, output))
        {
            ResponsesDialect.Instance.WriteStreamError(refusal, "", output);
        }

        return ResponsesView.OfStream(output.WrittenSpan);
    }

    private static InferenceRequest RequestOf(Recording recording, bool stream)
    {
        var body = new JsonObject { ["model"] = recording.Model, ["input"] = "Hello", ["stream"] = stream };
        var refusal = RequestScanner.Scan(Encoding.UTF8.GetBytes(body.ToJsonString()), InferenceOperation.Responses, Limits, Names, out var request);
        if (refusal is not null)
        {
            throw new InvalidOperationException(refusal.Message);
        }

        request!.IsNative = recording.Api == "openai-responses";
        return request;
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Plays a provider's bytes through its adapter for a client of Responses, as the gateway does.</summary>
internal static class ResponsesReplay
{
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
        var adapter = RecordedProvider.AdapterOf(recording);
        var request = RequestOf(recording, stream: true);
        return ResponsesView.OfStream(Relayed.Stream(adapter.CreateStream(request), adapter, request.Dialect, pieces));
    }

    /// <summary>What such a client asks.</summary>
    internal static InferenceRequest RequestOf(Recording recording, bool stream)
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

using System.Buffers;
using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Plays a provider's bytes through its adapter, as the gateway does, and gives back what the client sees.</summary>
internal static class Replay
{
    /// <summary>Plays a whole answer of status 200.</summary>
    public static ClientView Whole(Recording recording)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = RecordedProvider.AdapterOf(recording).ReadAnswer(RecordedProvider.RequestOf(recording), recording.Body, output);
        return answer.Validity switch
        {
            AnswerValidity.Verbatim => ClientView.OfWhole(recording.Body),
            AnswerValidity.Translated => ClientView.OfWhole(output.WrittenSpan),
            _ => ClientView.OfWhole(ErrorBody(Refusals.UpstreamInvalidResponse())),
        };
    }

    /// <summary>Plays an error, and gives back its status with the client's error object.</summary>
    public static (UpstreamError Error, JsonObject? Shown) Error(Recording recording)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)recording.Status);
        foreach (var (name, value) in recording.Headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        var error = RecordedProvider.AdapterOf(recording).ReadError(recording.Status, response.Headers, recording.Body);
        return (error, JsonNode.Parse(ErrorBody(error.Refusal))!["error"] as JsonObject);
    }

    /// <summary>Plays a stream that arrives in pieces; after the last one the connection closes.</summary>
    public static ClientView Stream(Recording recording, params ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        var adapter = RecordedProvider.AdapterOf(recording);
        var request = RecordedProvider.RequestOf(recording);
        return ClientView.OfStream(Relayed.Stream(adapter.CreateStream(request), adapter, request.Dialect, pieces));
    }

    private static byte[] ErrorBody(Refusal refusal)
    {
        var body = new ArrayBufferWriter<byte>();
        ErrorWriter.WriteObject(body, refusal);
        return body.WrittenSpan.ToArray();
    }
}

using System.Buffers;
using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Plays a provider's bytes through its adapter, as the gateway does, and gives back what the client sees.</summary>
internal static class Replay
{
    private const int MaxEventBytes = 4 * 1024 * 1024;

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
        var translator = adapter.CreateStream(RecordedProvider.RequestOf(recording));
        var output = new ArrayBufferWriter<byte>();
        using var reader = adapter.CreateEventReader(MaxEventBytes);
        foreach (var piece in pieces)
        {
            for (var rest = piece; rest.Length > 0;)
            {
                var room = reader.GetMemory();
                if (room.IsEmpty)
                {
                    WriteError(output, Refusals.UpstreamInvalidResponse());
                    return ClientView.OfStream(output.WrittenSpan);
                }

                var count = Math.Min(room.Length, rest.Length);
                rest[..count].CopyTo(room);
                reader.Advance(count);
                rest = rest[count..];
                while (reader.TryRead())
                {
                    if (TryEnd(translator, reader, output))
                    {
                        return ClientView.OfStream(output.WrittenSpan);
                    }
                }
            }
        }

        if (reader.TryReadRest() && TryEnd(translator, reader, output))
        {
            return ClientView.OfStream(output.WrittenSpan);
        }

        if (translator.Complete(output))
        {
            output.Write("data: [DONE]\n\n"u8);
        }
        else
        {
            WriteError(output, Refusals.StreamInterrupted());
        }

        return ClientView.OfStream(output.WrittenSpan);
    }

    private static bool TryEnd(StreamTranslator translator, EventReader reader, ArrayBufferWriter<byte> output)
    {
        if (reader.Data.IsEmpty)
        {
            return false;
        }

        switch (translator.Translate(reader.Name, reader.Data, output))
        {
            case StreamSignal.End:
                output.Write("data: [DONE]\n\n"u8);
                return true;
            case StreamSignal.Failed:
                WriteError(output, translator.Error!.Value.Refusal);
                return true;
            case StreamSignal.Malformed:
                WriteError(output, Refusals.UpstreamInvalidResponse());
                return true;
            default:
                return false;
        }
    }

    private static void WriteError(ArrayBufferWriter<byte> output, Refusal refusal)
    {
        output.Write("data: "u8);
        ErrorWriter.WriteObject(output, refusal);
        output.Write("\n\n"u8);
    }

    private static byte[] ErrorBody(Refusal refusal)
    {
        var body = new ArrayBufferWriter<byte>();
        ErrorWriter.WriteObject(body, refusal);
        return body.WrittenSpan.ToArray();
    }
}

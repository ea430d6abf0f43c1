using System.Buffers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Plays a provider's stream through a translator, as the gateway does, and gives back the client's bytes.</summary>
internal static class Relayed
{
    private const int MaxEventBytes = 4 * 1024 * 1024;

    /// <summary>Plays a stream that arrives in pieces; after the last one the connection closes.</summary>
    public static byte[] Stream(
        StreamTranslator translator, ProviderAdapter adapter, ClientDialect dialect, params ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        using var reader = adapter.CreateEventReader(MaxEventBytes);
        var output = new ArrayBufferWriter<byte>();
        var signal = Play(translator, reader, output, pieces);
        if (signal == StreamSignal.End || (signal == StreamSignal.None && translator.Complete(output)))
        {
            output.Write(dialect.StreamEnd.Span);
            return output.WrittenSpan.ToArray();
        }

        var refusal = signal switch
        {
            StreamSignal.Failed => translator.Error!.Value.Refusal,
            StreamSignal.Malformed => Refusals.UpstreamInvalidResponse(),
            _ => Refusals.StreamInterrupted(),
        };
        if (!translator.TellFailure(refusal, output))
        {
            dialect.WriteStreamError(refusal, "req", output);
        }

        return output.WrittenSpan.ToArray();
    }

    private static StreamSignal Play(
        StreamTranslator translator, EventReader reader, ArrayBufferWriter<byte> output, ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        foreach (var piece in pieces)
        {
            for (var rest = piece; rest.Length > 0;)
            {
                var room = reader.GetMemory();
                if (room.IsEmpty)
                {
                    return StreamSignal.Malformed;
                }

                var count = Math.Min(room.Length, rest.Length);
                rest[..count].CopyTo(room);
                reader.Advance(count);
                rest = rest[count..];
                while (reader.TryRead())
                {
                    if (Translate(translator, reader, output) is var signal and not StreamSignal.None)
                    {
                        return signal;
                    }
                }
            }
        }

        return reader.TryReadRest() ? Translate(translator, reader, output) : StreamSignal.None;
    }

    // None: it goes on.
    private static StreamSignal Translate(StreamTranslator translator, EventReader reader, ArrayBufferWriter<byte> output)
    {
        if (reader.Data.IsEmpty)
        {
            return StreamSignal.None;
        }

        var signal = translator.Translate(reader.Name, reader.Data, output);
        return signal == StreamSignal.Content ? StreamSignal.None : signal;
    }
}

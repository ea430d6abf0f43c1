using System.Buffers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Bench.Micro;

/// <summary>Takes a stream of bytes to the client's events, as the relay does.</summary>
internal static class StreamReplay
{
    public static void Run(ReadOnlySpan<byte> stream, EventReader events, StreamTranslator translator, IBufferWriter<byte> output)
    {
        while (!stream.IsEmpty)
        {
            var room = events.GetMemory().Span;
            var piece = stream[..Math.Min(room.Length, stream.Length)];
            piece.CopyTo(room);
            events.Advance(piece.Length);
            stream = stream[piece.Length..];
            while (events.TryRead())
            {
                if (translator.Translate(events.Name, events.Data, output) is not (StreamSignal.Content or StreamSignal.None))
                {
                    throw new InvalidDataException("An event was not understood.");
                }
            }
        }
    }
}

using System.Text;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Server-sent events out of bytes: the same events, however the bytes are cut.</summary>
internal sealed class EventStreamTarget : FuzzTarget
{
    private const int MaxEventBytes = 256 * 1024;

    public override string Name => "event-stream";

    public override IReadOnlyList<string> Words => ["data: ", "data:", "data", "event: ", "event", "id: 1", "retry: 5", ": comment", "\r", "\r\n\r\n", "\ufeff", "[DONE]"];

    public override int Run(byte[] input)
    {
        var whole = Read(input, pieceBytes: input.Length);
        var pieceBytes = 1 + (input.Length == 0 ? 0 : input[^1] % 7);
        var cut = Read(input, pieceBytes);
        if (!whole.SequenceEqual(cut))
        {
            throw new InvalidDataException(
                $"In pieces of {pieceBytes} bytes there are other events.\nwhole: {string.Join(" | ", whole)}\ncut: {string.Join(" | ", cut)}");
        }

        return HashCode.Combine(Math.Min(whole.Count, 8), whole.Exists(e => e.Name.Length > 0), whole.Exists(e => e.Data.Contains('\n', StringComparison.Ordinal)));
    }

    private static List<(string Name, string Data)> Read(byte[] input, int pieceBytes)
    {
        using var reader = new SseReader(MaxEventBytes);
        var events = new List<(string Name, string Data)>();
        for (var at = 0; at < input.Length;)
        {
            var memory = reader.GetMemory();
            if (memory.IsEmpty)
            {
                throw new InvalidDataException($"{input.Length} bytes are taken for an event larger than {MaxEventBytes}.");
            }

            var piece = input.AsSpan(at, Math.Min(Math.Min(pieceBytes, memory.Length), input.Length - at));
            piece.CopyTo(memory.Span);
            reader.Advance(piece.Length);
            at += piece.Length;
            while (reader.TryRead())
            {
                events.Add((Encoding.Latin1.GetString(reader.Name), Encoding.Latin1.GetString(reader.Data)));
            }
        }

        if (reader.TryReadRest())
        {
            events.Add((Encoding.Latin1.GetString(reader.Name), Encoding.Latin1.GetString(reader.Data)));
        }

        return events;
    }
}

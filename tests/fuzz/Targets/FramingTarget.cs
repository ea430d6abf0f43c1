using System.Text;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Streaming;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Events out of bytes: the same, however the bytes are cut; and never one larger than allowed.</summary>
/// <param name="name">The target's.</param>
/// <param name="create">Makes a reader that takes events of so many bytes.</param>
/// <param name="prepare">Makes the input what the reader is for.</param>
/// <param name="planted">The bug.</param>
/// <param name="words">What means something to it.</param>
/// <param name="parser">The reader.</param>
internal sealed class FramingTarget(
    string name, Func<int, EventReader> create, Func<byte[], byte[]> prepare, PlantedBug planted, IReadOnlyList<string> words, params string[] parser) : FuzzTarget
{
    // The first is one that a mutation can pass, once the reader's buffer has grown.
    private static readonly int[] Limits = [12 * 1024, 256 * 1024];

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => words;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => parser;

    /// <inheritdoc/>
    public override PlantedBug Planted => planted;

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var path = new HashCode();
        foreach (var bytes in new[] { input, prepare(input) })
        {
            foreach (var limit in Limits)
            {
                var (events, isGivenUp) = MustBeTheSame(bytes, limit);
                path.Add(Math.Min(events.Count, 8));
                path.Add(isGivenUp);
                path.Add(events.Exists(static e => e.Name.Length > 0));
                path.Add(events.Exists(static e => e.Data.Contains('\n', StringComparison.Ordinal)));
            }
        }

        return path.ToHashCode();
    }

    /// <summary>Every framing.</summary>
    public static IEnumerable<FuzzTarget> Create() =>
    [
        new FramingTarget(
            "event-stream",
            static limit => new SseReader(limit),
            static input => input,
            new PlantedBug("Streaming/SseReader.cs", "if (_buffer.Length >= maxEventBytes && _buffer.Length > 0)"),
            ["data: ", "data:", "data", "event: ", "event", "id: 1", "retry: 5", ": comment", "\r", "\r\n\r\n", "\ufeff", "[DONE]"],
            "Streaming/SseReader.cs"),
        new FramingTarget(
            "json-lines",
            static limit => new JsonLinesReader(limit),
            static input => input,
            new PlantedBug("Streaming/JsonLinesReader.cs", "if (_buffer.Length >= maxEventBytes && _buffer.Length > 0)"),
            ["\n", "\r\n", " ", "\t", "{}", "\n\n"],
            "Streaming/JsonLinesReader.cs"),
        new FramingTarget(
            "amazon-events",
            static limit => new AmazonEventReader(limit),
            AmazonFrame.WithChecksums,
            new PlantedBug("Providers/Bedrock/AmazonEventHeaders.cs", "if (length != Counted"),
            [":message-type", ":event-type", ":exception-type", ":error-code", "event", "exception", "error", "\0\0\0\u0010", "\0\0\0\0", "\u0007\0\u0005", "\u0001a"],
            "Providers/Bedrock/AmazonEventReader.cs",
            "Providers/Bedrock/AmazonEventHeaders.cs"),
    ];

    private (List<(string Name, string Data)> Events, bool IsGivenUp) MustBeTheSame(byte[] input, int limit)
    {
        var whole = Read(input, input.Length, limit);
        var pieceBytes = Pieces.BytesOf(input);
        var cut = Read(input, pieceBytes, limit);
        if (!whole.Events.SequenceEqual(cut.Events) || whole.IsGivenUp != cut.IsGivenUp)
        {
            throw new InvalidDataException(
                $"In pieces of {pieceBytes} bytes there are other events.\nwhole: {string.Join(" | ", whole.Events)}\ncut: {string.Join(" | ", cut.Events)}");
        }

        // Joined lines may be a little longer than where they stood.
        return whole.Events.TrueForAll(one => one.Data.Length <= limit * 2) ? whole : throw new InvalidDataException("An event is larger than allowed.");
    }

    private (List<(string Name, string Data)> Events, bool IsGivenUp) Read(byte[] input, int pieceBytes, int limit)
    {
        using var reader = create(limit);
        var events = new List<(string Name, string Data)>();
        for (var at = 0; at < input.Length;)
        {
            var memory = reader.GetMemory();
            if (memory.IsEmpty)
            {
                return reader.IsTooLarge ? (events, true) : throw new InvalidDataException("The reader takes no more, and does not say why.");
            }

            var piece = input.AsSpan(at, Math.Min(Math.Min(pieceBytes, memory.Length), input.Length - at));
            piece.CopyTo(memory.Span);
            reader.Advance(piece.Length);
            at += piece.Length;
            while (reader.TryRead())
            {
                events.Add(EventOf(reader));
            }
        }

        if (reader.TryReadRest())
        {
            events.Add(EventOf(reader));
        }

        return (events, reader.IsTooLarge);
    }

    private static (string Name, string Data) EventOf(EventReader reader) => (Encoding.Latin1.GetString(reader.Name), Encoding.Latin1.GetString(reader.Data));
}

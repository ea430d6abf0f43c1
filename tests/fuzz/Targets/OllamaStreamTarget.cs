using ProxyCluster.GatewayApi.Providers.Ollama;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Ollama's lines to OpenAI's events: found alike however the bytes are cut, and translated.</summary>
internal sealed class OllamaStreamTarget : FuzzTarget
{
    private const int MaxEventBytes = 256 * 1024;

    public override string Name => "ollama-stream";

    public override IReadOnlyList<string> Words =>
    [
        "\n", "\r\n", "\"model\":", "\"message\":", "\"content\":", "\"thinking\":", "\"tool_calls\":[", "\"function\":", "\"name\":", "\"arguments\":",
        "\"done\":true", "\"done_reason\":", "\"prompt_eval_count\":", "\"eval_count\":", "\"error\":",
    ];

    public override int Run(byte[] input)
    {
        var whole = Read(input, input.Length);
        var cut = Read(input, 1 + (input.Length == 0 ? 0 : input[^1] % 7));
        if (whole.Count != cut.Count || !whole.Zip(cut).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
        {
            throw new InvalidDataException($"In pieces there are {cut.Count} other lines than the {whole.Count} of the whole.");
        }

        return Translated.Run(
            new OllamaAdapter(TimeProvider.System).CreateStream(Translated.StreamedChat), input.Length, whole.Select(static line => (Array.Empty<byte>(), line)));
    }

    private static List<byte[]> Read(byte[] input, int pieceBytes)
    {
        using var reader = new JsonLinesReader(MaxEventBytes);
        var lines = new List<byte[]>();
        for (var at = 0; at < input.Length;)
        {
            var memory = reader.GetMemory();
            if (memory.IsEmpty)
            {
                throw new InvalidDataException($"{input.Length} bytes are taken for a line larger than {MaxEventBytes}.");
            }

            var piece = input.AsSpan(at, Math.Min(Math.Min(pieceBytes, memory.Length), input.Length - at));
            piece.CopyTo(memory.Span);
            reader.Advance(piece.Length);
            at += piece.Length;
            while (reader.TryRead())
            {
                lines.Add(reader.Data.ToArray());
            }
        }

        if (reader.TryReadRest())
        {
            lines.Add(reader.Data.ToArray());
        }

        return lines;
    }
}

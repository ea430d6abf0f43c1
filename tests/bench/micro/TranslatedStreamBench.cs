using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.GatewayApi.Providers.Ollama;

namespace ProxyCluster.Bench.Micro;

/// <summary>A stream of 200 texts in a provider's own form, from the upstream's bytes to the client's, an event. Target: 600 bytes and 5 µs an event.</summary>
public class TranslatedStreamBench
{
    private const int Events = 200;

    private readonly ArrayBufferWriter<byte> _output = new(128 * 1024);
    private readonly Dictionary<string, (ProviderAdapter Adapter, byte[] Stream)> _streams = new()
    {
        ["cohere"] = (new CohereAdapter(TimeProvider.System), Repeat("event: content-delta\ndata: {\"type\":\"content-delta\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":\" word\"}}}}\n\n")),
        ["ollama"] = (new OllamaAdapter(TimeProvider.System), Repeat("{\"model\":\"qwen3:8b\",\"created_at\":\"2026-08-04T19:22:45.499127Z\",\"message\":{\"role\":\"assistant\",\"content\":\" word\"},\"done\":false}\n")),
    };

    private readonly InferenceRequest _request = new()
    {
        Operation = InferenceOperation.ChatCompletions,
        Body = default,
        Model = "m",
        ModelToken = default,
        Stream = true,
        Required = ModelCapabilities.Chat,
    };

    [Params("cohere", "ollama")]
    public string Provider { get; set; } = "";

    [Benchmark(OperationsPerInvoke = Events)]
    public int Translate()
    {
        _output.ResetWrittenCount();
        var (adapter, stream) = _streams[Provider];
        using var events = adapter.CreateEventReader(4 * 1024 * 1024);
        var translator = adapter.CreateStream(_request);
        for (var rest = stream.AsSpan(); !rest.IsEmpty;)
        {
            var room = events.GetMemory().Span;
            var piece = rest[..Math.Min(room.Length, rest.Length)];
            piece.CopyTo(room);
            events.Advance(piece.Length);
            rest = rest[piece.Length..];
            while (events.TryRead())
            {
                if (translator.Translate(events.Name, events.Data, _output) != StreamSignal.Content)
                {
                    throw new InvalidDataException("An event was not understood.");
                }
            }
        }

        return _output.WrittenCount;
    }

    private static byte[] Repeat(string line) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, Events)));
}

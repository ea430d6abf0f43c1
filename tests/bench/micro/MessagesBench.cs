using System.Buffers;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Bench.Micro;

/// <summary>A stream between Anthropic's dialect and OpenAI's, an event. Target: at most 600 bytes and 5 µs.</summary>
public class MessagesBench
{
    private const int Events = 50;

    private readonly AnthropicAdapter _anthropic = new(TimeProvider.System);
    private readonly OpenAiAdapter _openAi = new(OpenAiDialect.Presets[0], TimeProvider.System);
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private byte[] _anthropicStream = [];
    private byte[] _openAiStream = [];

    [GlobalSetup]
    public void Setup()
    {
        var anthropic = new StringBuilder("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"m\",\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\n\n");
        var openAi = new StringBuilder();
        for (var i = 0; i < Events; i++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $" word {i}");
            anthropic.Append(CultureInfo.InvariantCulture, $$$"""event: content_block_delta{{{"\n"}}}data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{text}}}"}}""").Append("\n\n");
            openAi.Append(CultureInfo.InvariantCulture, $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"delta":{"content":"{{text}}"},"finish_reason":null}],"obfuscation":"{{i}}"}""").Append("\n\n");
        }

        _anthropicStream = Encoding.ASCII.GetBytes(anthropic.ToString());
        _openAiStream = Encoding.ASCII.GetBytes(openAi.ToString());
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public int AnthropicToMessages() => Run(_anthropic, _anthropicStream, InferenceOperation.Messages, MessagesDialect.Instance);

    [Benchmark(OperationsPerInvoke = Events)]
    public int AnthropicToChat() => Run(_anthropic, _anthropicStream, InferenceOperation.ChatCompletions, ChatDialect.Instance);

    [Benchmark(OperationsPerInvoke = Events)]
    public int OpenAiToMessages() => Run(_openAi, _openAiStream, InferenceOperation.Messages, MessagesDialect.Instance);

    private int Run(ProviderAdapter adapter, byte[] stream, InferenceOperation operation, ClientDialect dialect)
    {
        _output.ResetWrittenCount();
        using var events = new SseReader(4 * 1024 * 1024);
        var translator = adapter.CreateStream(new InferenceRequest
        {
            Operation = operation,
            Dialect = dialect,
            Body = default,
            Model = "m",
            ModelToken = default,
            Stream = true,
            Required = ModelCapabilities.Chat,
        });
        var rest = stream.AsSpan();
        while (!rest.IsEmpty)
        {
            var room = events.GetMemory().Span;
            var piece = rest[..Math.Min(room.Length, rest.Length)];
            piece.CopyTo(room);
            events.Advance(piece.Length);
            rest = rest[piece.Length..];
            while (events.TryRead())
            {
                if (translator.Translate(events.Name, events.Data, _output) is StreamSignal.Malformed or StreamSignal.Failed)
                {
                    throw new InvalidDataException("An event was not understood.");
                }
            }
        }

        return _output.WrittenCount;
    }
}

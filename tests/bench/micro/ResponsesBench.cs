using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.Bench.Micro;

/// <summary>A stream's text events between Responses and Chat Completions, an event. Target: at most 600 bytes and 5 µs.</summary>
public class ResponsesBench
{
    private const int Events = 200;

    private static readonly byte[] ChatChunk = Encoding.ASCII.GetBytes(
        """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}""");

    private static readonly byte[] Created = Encoding.ASCII.GetBytes(
        """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","model":"gpt-4o","status":"in_progress","output":[]}}""");

    private static readonly byte[] Delta = Encoding.ASCII.GetBytes(
        """{"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_68af4030592c81938ec0a5fbab4a3e9f","output_index":0,"content_index":0,"delta":" word","logprobs":[],"obfuscation":"abcdef"}""");

    private readonly OpenAiAdapter _chat = new(OpenAiDialect.Presets[0], TimeProvider.System);
    private readonly ResponsesAdapter _responses = new(TimeProvider.System);
    private readonly ArrayBufferWriter<byte> _output = new(256 * 1024);

    /// <summary>A chat provider, a client of Responses.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int ChatToResponses() => Run(_chat.CreateStream(Request(InferenceOperation.Responses)), default, ChatChunk);

    /// <summary>A provider of Responses, a chat client.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int ResponsesToChat() => Run(_responses.CreateStream(Request(InferenceOperation.ChatCompletions)), Created, Delta);

    /// <summary>A provider and a client of Responses.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int Copy()
    {
        var request = Request(InferenceOperation.Responses);
        request.IsNative = true;
        return Run(_responses.CreateStream(request), Created, Delta);
    }

    private int Run(StreamTranslator translator, byte[]? first, byte[] repeated)
    {
        _output.ResetWrittenCount();
        if (first is not null)
        {
            translator.Translate(default, first, _output);
        }

        for (var i = 0; i < Events; i++)
        {
            if (translator.Translate(default, repeated, _output) != StreamSignal.Content)
            {
                throw new InvalidDataException("An event was not understood.");
            }
        }

        return _output.WrittenCount;
    }

    private static InferenceRequest Request(InferenceOperation operation) => new()
    {
        Operation = operation,
        Dialect = ClientDialects.Of(operation),
        Body = """{"model":"gpt-4o","input":"x"}"""u8.ToArray(),
        Model = "gpt-4o",
        ModelToken = default,
        Stream = true,
    };
}

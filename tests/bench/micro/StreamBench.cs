using System.Buffers;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Bench.Micro;

/// <summary>A stream of 50 events from the upstream's bytes to the client's, an event. Target: under 1 KB a request, so under 20 bytes an event.</summary>
public class StreamBench
{
    private const int Events = 50;

    private readonly OpenAiAdapter _adapter = new(OpenAiDialect.Presets[0], TimeProvider.System);
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private InferenceRequest? _request;
    private byte[] _stream = [];

    /// <summary>Whether events differ in more than their text, so that each is read as JSON.</summary>
    [Params(false, true)]
    public bool Varying { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Events; i++)
        {
            var padding = Varying ? string.Create(CultureInfo.InvariantCulture, $",\"obfuscation\":\"{i}\"") : "";
            text.Append(CultureInfo.InvariantCulture, $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]{{padding}}}""").Append("\n\n");
        }

        _stream = Encoding.ASCII.GetBytes(text.ToString());
        _request = new InferenceRequest
        {
            Operation = InferenceOperation.ChatCompletions,
            Body = default,
            Model = "gpt-4o",
            ModelToken = default,
            Stream = true,
            Required = ModelCapabilities.Chat,
        };
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public int Copy()
    {
        _output.ResetWrittenCount();
        using var events = new SseReader(4 * 1024 * 1024);
        StreamReplay.Run(_stream, events, _adapter.CreateStream(_request!), _output);
        return _output.WrittenCount;
    }
}

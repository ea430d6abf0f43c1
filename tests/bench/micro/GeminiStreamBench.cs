using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Bench.Micro;

/// <summary>One event of Gemini's, translated. Targets: at most 600 bytes and 5 µs.</summary>
public class GeminiStreamBench
{
    private static readonly byte[] Text = """
        {"candidates": [{"content": {"parts": [{"text": " a few words of an answer, as they come"}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 169,"candidatesTokenCount": 12,"totalTokenCount": 181,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 169}]},"modelVersion": "gemini-3-flash-preview","responseId": "11peaI_ZJLq3nvgP0vasuQk"}
        """u8.ToArray();

    private static readonly byte[] Call = """
        {"candidates": [{"content": {"parts": [{"functionCall": {"name": "get_weather","args": {"city": "Rome","unit": "C"}},"thoughtSignature": "c2lnbmVkc2lnbmVkc2lnbmVkc2lnbmVk"}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 169},"modelVersion": "gemini-3-flash-preview","responseId": "11peaI_ZJLq3nvgP0vasuQk"}
        """u8.ToArray();

    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private StreamTranslator? _translator;

    [GlobalSetup]
    public void Setup()
    {
        var request = new InferenceRequest
        {
            Operation = InferenceOperation.ChatCompletions,
            Body = Encoding.UTF8.GetBytes("{}"),
            Model = "gemini",
            ModelToken = default,
            Stream = true,
        };
        _translator = new GoogleAiAdapter(TimeProvider.System).CreateStream(request);
        _translator.Translate([], Text, _output);
    }

    [Benchmark]
    public int TextEvent() => Translate(Text);

    [Benchmark]
    public int CallEvent() => Translate(Call);

    private int Translate(byte[] data)
    {
        _output.ResetWrittenCount();
        _translator!.Translate([], data, _output);
        return _output.WrittenCount;
    }
}

using System.Buffers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Google's embeddings to OpenAI's.</summary>
internal sealed class GeminiEmbeddingsTarget : FuzzTarget
{
    private static readonly InferenceRequest AsFloats = Ask("""{"model":"m","input":"A"}"""u8);
    private static readonly InferenceRequest AsBase64 = Ask("""{"model":"m","input":"A","encoding_format":"base64"}"""u8);

    public override string Name => "gemini-embeddings";

    public override IReadOnlyList<string> Words =>
        ["\"embeddings\":[", "\"embedding\":{", "\"values\":[", "\"predictions\":[", "\"statistics\":{", "\"token_count\":", "0.5", "-1e-3", "\"usageMetadata\":{"];

    public override int Run(byte[] input) => HashCode.Combine(Read(input, AsFloats), Read(input, AsBase64));

    private static int Read(byte[] input, InferenceRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = new GoogleAiAdapter(TimeProvider.System).ReadAnswer(request, input, output);
        if (answer.Validity == AnswerValidity.Translated)
        {
            Translated.MustBeJson(output.WrittenSpan);
        }

        return HashCode.Combine(answer.Validity, answer.Usage is null, output.WrittenCount / 16);
    }

    private static InferenceRequest Ask(ReadOnlySpan<byte> body) => new()
    {
        Operation = InferenceOperation.Embeddings,
        Body = body.ToArray(),
        Model = "m",
        ModelToken = 9..12,
    };
}

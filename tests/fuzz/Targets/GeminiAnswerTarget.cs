using System.Buffers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Gemini's whole answers to OpenAI's.</summary>
internal sealed class GeminiAnswerTarget : FuzzTarget
{
    public override string Name => "gemini-answer";

    public override IReadOnlyList<string> Words =>
    [
        "\"candidates\":[", "\"content\":{", "\"parts\":[", "\"text\":", "\"thought\":true", "\"thoughtSignature\":", "\"functionCall\":{", "\"name\":",
        "\"args\":{", "\"finishReason\":", "\"usageMetadata\":{", "\"promptTokenCount\":", "\"promptFeedback\":{", "\"blockReason\":",
    ];

    public override int Run(byte[] input)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = new GoogleAiAdapter(TimeProvider.System).ReadAnswer(Translated.WholeChat, input, output);
        if (answer.Validity == AnswerValidity.Translated)
        {
            Translated.MustBeJson(output.WrittenSpan);
        }

        return HashCode.Combine(answer.Validity, answer.Usage is null, output.WrittenCount / 16);
    }
}

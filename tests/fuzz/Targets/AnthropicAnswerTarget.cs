using System.Buffers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Anthropic's whole answers to OpenAI's.</summary>
internal sealed class AnthropicAnswerTarget : FuzzTarget
{
    public override string Name => "anthropic-answer";

    public override IReadOnlyList<string> Words =>
        ["\"content\":", "\"type\":", "\"text\"", "\"tool_use\"", "\"thinking\"", "\"input\":", "\"stop_reason\":", "\"usage\":", "\"input_tokens\":", "\"max_tokens\""];

    public override int Run(byte[] input)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = new AnthropicAdapter(TimeProvider.System).ReadAnswer(Translated.WholeChat, input, output);
        if (answer.Validity == AnswerValidity.Translated)
        {
            Translated.MustBeJson(output.WrittenSpan);
        }

        return HashCode.Combine(answer.Validity, answer.Usage is null, output.WrittenCount / 16);
    }
}

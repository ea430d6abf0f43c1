using System.Buffers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Whole answers of either provider to a client of Anthropic's Messages API.</summary>
internal sealed class MessagesAnswerTarget : FuzzTarget
{
    private readonly AnthropicAdapter _anthropic = new(TimeProvider.System);
    private readonly OpenAiAdapter _openAi = new(OpenAiDialect.Presets[0], TimeProvider.System);

    public override string Name => "messages-answer";

    public override IReadOnlyList<string> Words => [.. new AnthropicAnswerTarget().Words, .. new OpenAiAnswerTarget().Words];

    public override int Run(byte[] input)
    {
        ProviderAdapter adapter = input.AsSpan().IndexOf("choices"u8) >= 0 ? _openAi : _anthropic;
        var output = new ArrayBufferWriter<byte>();
        var answer = adapter.ReadAnswer(Translated.WholeMessage, input, output);
        if (answer.Validity != AnswerValidity.Invalid)
        {
            Translated.MustBeJson(answer.Validity == AnswerValidity.Verbatim ? input : output.WrittenSpan);
        }

        return HashCode.Combine(answer.Validity, answer.Usage is null, output.WrittenCount / 16);
    }
}

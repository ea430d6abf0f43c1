using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Streams of either provider to a client of Anthropic's Messages API: copied from Anthropic, translated from OpenAI.</summary>
internal sealed class MessagesStreamTarget : FuzzTarget
{
    private readonly AnthropicAdapter _anthropic = new(TimeProvider.System);
    private readonly OpenAiAdapter _openAi = new(OpenAiDialect.Presets[0], TimeProvider.System);

    public override string Name => "messages-stream";

    public override IReadOnlyList<string> Words => [.. new AnthropicStreamTarget().Words, .. new OpenAiStreamTarget().Words];

    public override int Run(byte[] input)
    {
        ProviderAdapter adapter = input.AsSpan().IndexOf("choices"u8) >= 0 ? _openAi : _anthropic;
        return Translated.Run(adapter.CreateStream(Translated.StreamedMessage), input);
    }
}

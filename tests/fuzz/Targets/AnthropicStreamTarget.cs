using ProxyCluster.GatewayApi.Providers.Anthropic;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Anthropic's stream events to OpenAI's.</summary>
internal sealed class AnthropicStreamTarget : FuzzTarget
{
    public override string Name => "anthropic-stream";

    public override IReadOnlyList<string> Words =>
    [
        "event: ", "data: ", "message_start", "message_delta", "message_stop", "content_block_start", "content_block_delta", "content_block_stop",
        "\"type\":", "\"index\":", "\"delta\":", "\"text_delta\"", "\"input_json_delta\"", "\"partial_json\":", "\"tool_use\"", "\"usage\":", "\"stop_reason\":", "\"error\"",
    ];

    public override int Run(byte[] input) =>
        Translated.Run(new AnthropicAdapter(TimeProvider.System).CreateStream(Translated.StreamedChat), input);
}

using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>ConverseStream's events to OpenAI's. The framing is a target of its own: here a line holds a name or the data.</summary>
internal sealed class BedrockStreamTarget : FuzzTarget
{
    public override string Name => "bedrock-stream";

    public override IReadOnlyList<string> Words =>
    [
        "event: ", "data: ", "messageStart", "messageStop", "metadata", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "exception:throttlingException",
        "\"contentBlockIndex\":", "\"delta\":", "\"text\":", "\"toolUse\":", "\"input\":", "\"reasoningContent\":", "\"stopReason\":", "\"usage\":", "\"inputTokens\":",
        "\"additionalModelResponseFields\":", "\"stop_sequence\":", "gateway_json_answer",
    ];

    public override int Run(byte[] input)
    {
        var adapter = new BedrockAdapter(TimeProvider.System);
        return HashCode.Combine(
            Translated.Run(adapter.CreateStream(Translated.StreamedChat), input), Translated.Run(adapter.CreateStream(Translated.StreamedSchema), input));
    }
}

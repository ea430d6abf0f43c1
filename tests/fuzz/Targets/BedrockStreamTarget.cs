using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>ConverseStream's events. Inputs are text, a line for a name or the data, and framed here: the framing is a target of its own.</summary>
internal sealed class BedrockStreamTarget() : StreamTarget(new BedrockAdapter(Clock.Still))
{
    private readonly BedrockAdapter _adapter = new(Clock.Still);

    /// <inheritdoc/>
    public override string Name => "bedrock-stream";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "event: ", "data: ", "messageStart", "messageStop", "metadata", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "exception:throttlingException",
        "\"contentBlockIndex\":", "\"delta\":", "\"text\":", "\"start\":", "\"toolUse\":", "\"toolUseId\":", "\"name\":", "\"type\":\"server_tool_use\"", "\"input\":", "\"reasoningContent\":", "\"signature\":",
        "\"stopReason\":", "\"usage\":", "\"inputTokens\":", "\"outputTokens\":", "\"additionalModelResponseFields\":", "\"stop_sequence\":", "\"gateway_json_answer\"",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Bedrock/BedrockDecoder.cs", "Providers/Bedrock/BedrockEvent.cs", "Providers/Bedrock/BedrockUsage.cs", "Providers/Bedrock/BedrockFinish.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Bedrock/BedrockDecoder.cs", "if (place < 0)");

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Ends => ["messageStop"];

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var frames = AmazonFrame.OfText(input);
        var schema = RelayedStream.Run(_adapter, Ask.Schema(stream: true), frames, isCopied: false);
        return HashCode.Combine(base.Run(frames), schema.Result.Outcome, schema.View.Calls);
    }
}

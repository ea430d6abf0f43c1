using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Anthropic's streams: copied to clients of the Messages API, translated for the others.</summary>
internal sealed class AnthropicStreamTarget() : StreamTarget(new AnthropicAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "anthropic-stream";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "event: ", "data: ", "message_start", "message_delta", "message_stop", "content_block_start", "content_block_delta", "content_block_stop", "ping", "\"explanation\":",
        "\"type\":", "\"index\":", "\"delta\":", "\"text\":", "\"text_delta\"", "\"input_json_delta\"", "\"partial_json\":", "\"tool_use\"", "\"usage\":", "\"stop_reason\":", "\"error\"",
        "\"thinking\":", "\"thinking_delta\"", "\"signature\":", "\"signature_delta\"", "\"input\":", "\"stop_sequence\":", "\"stop_details\":", "\"output_tokens_details\":", "\"content_block\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Anthropic/AnthropicDecoder.cs", "Providers/Anthropic/AnthropicEvent.cs", "Providers/Anthropic/AnthropicEventKind.cs", "Providers/Anthropic/AnthropicUsage.cs",
        "Providers/Anthropic/AnthropicCopy.cs", "Providers/Anthropic/AnthropicFinish.cs", "Providers/Anthropic/AnthropicErrors.cs:FromEvent", "Providers/Anthropic/AnthropicErrors.cs:StatusOf",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/DecodingTranslator.cs", "if (!IsWhole)");

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Ends => ["stop_reason"];

    /// <inheritdoc/>
    protected override InferenceOperation? Own => InferenceOperation.Messages;
}

using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Anthropic's whole messages: copied to clients of the Messages API, translated for the others.</summary>
internal sealed class AnthropicAnswerTarget() : AnswerTarget(new AnthropicAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "anthropic-answer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"content\":", "\"type\":", "\"text\"", "\"text\":", "\"tool_use\"", "\"thinking\"", "\"thinking\":", "\"signature\":", "\"input\":", "\"name\":", "\"stop_reason\":", "\"usage\":", "\"input_tokens\":",
        "\"output_tokens\":", "\"max_tokens\"", "\"stop_details\":", "\"explanation\":", "\"error\":", "\"stop_sequence\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Anthropic/AnthropicAnswer.cs", "Providers/Anthropic/AnthropicCheck.cs", "Providers/Anthropic/AnthropicUsage.cs", "Providers/Anthropic/AnthropicFinish.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Anthropic/AnthropicCheck.cs", "if (!Utf8.IsValid(body))");

    /// <inheritdoc/>
    protected override InferenceOperation? Own => InferenceOperation.Messages;

    /// <inheritdoc/>
    public override int Run(byte[] input) => HashCode.Combine(base.Run(input), Read(Ask.Whole(InferenceOperation.CountTokens), input).Answer.Validity);

    /// <inheritdoc/>
    protected override byte[]? StreamOf(byte[] answer) => AnswerAsStream.OfAnthropic(answer);
}

using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Bedrock's whole answers, also to clients that want JSON of a schema, and its errors.</summary>
internal sealed class BedrockAnswerTarget() : AnswerTarget(new BedrockAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "bedrock-answer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"output\":", "\"message\":", "\"content\":", "\"text\":", "\"toolUse\":", "\"toolUseId\":", "\"name\":", "\"input\":", "\"reasoningContent\":", "\"reasoningText\":", "\"signature\":",
        "\"citationsContent\":", "\"stopReason\":", "\"usage\":", "\"inputTokens\":", "\"__type\":", "\"originalStatusCode\":", "ThrottlingException", "\"type\":\"server_tool_use\"",
        "\"gateway_json_answer\"", "\"additionalModelResponseFields\":", "\"stop_sequence\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Providers/Bedrock/BedrockAnswer.cs", "Providers/Bedrock/BedrockFinish.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Bedrock/BedrockDecoder.cs", "if (JsonText.Inner(read.CallName).IsEmpty || read.IsServerCall)");

    /// <inheritdoc/>
    protected override byte[]? StreamOf(byte[] answer) => AnswerAsStream.OfBedrock(answer);

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var (answer, view) = Read(Ask.Schema(stream: false), input);
        return HashCode.Combine(base.Run(input), answer.Validity, view?.Calls);
    }
}

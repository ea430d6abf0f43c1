using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A provider's whole Responses: copied to clients of Responses, translated for the others.</summary>
internal sealed class ResponsesAnswerTarget() : AnswerTarget(new ResponsesAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "responses-answer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"output\":", "\"type\":\"message\"", "\"type\":\"function_call\"", "\"type\":\"reasoning\"", "\"content\":", "\"summary\":", "\"text\":", "\"refusal\":", "\"usage\":", "\"name\":", "\"arguments\":",
        "\"input_tokens\":", "\"status\":\"incomplete\"", "\"incomplete_details\":", "\"reason\":", "\"error\":", "\"store\":false", "\"encrypted_content\":", "\"id\":", "\"call_id\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/OpenAiResponses/ResponsesAnswer.cs", "Providers/OpenAiResponses/ReasoningToken.cs:Of", "Responses/ResponsesUsage.cs:Read",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/OpenAiResponses/ResponsesAnswer.cs", "if (!Utf8.IsValid(body.Span))");

    /// <inheritdoc/>
    protected override InferenceOperation? Own => InferenceOperation.Responses;

    /// <inheritdoc/>
    protected override byte[]? StreamOf(byte[] answer) => AnswerAsStream.OfResponses(answer);

    /// <inheritdoc/>
    protected override bool ArgumentsAreText => true;
}

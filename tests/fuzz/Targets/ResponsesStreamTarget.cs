using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A provider's Responses streams: copied to clients of Responses, translated for the others.</summary>
internal sealed class ResponsesStreamTarget() : StreamTarget(new ResponsesAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "responses-stream";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "data: ", "event: ", "\"type\":", "response.created", "response.output_item.added", "response.output_item.done", "response.output_text.delta",
        "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.reasoning_summary_text.delta", "response.refusal.delta",
        "response.reasoning_text.delta", "response.completed", "response.incomplete", "response.failed", "error", "\"output_index\":", "\"item\":", "\"delta\":", "\"response\":", "\"usage\":",
        "\"encrypted_content\":", "\"function_call\"", "\"summary_index\":", "\"call_id\":", "\"name\":", "\"arguments\":", "\"code\":", "\"incomplete_details\":", "\"status\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/OpenAiResponses/ResponsesDecoder.cs", "Providers/OpenAiResponses/ReceivedEvent.cs", "Providers/OpenAiResponses/ResponsesCopy.cs",
        "Providers/OpenAiResponses/ResponsesFailure.cs", "Responses/ResponsesUsage.cs:Read",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/OpenAiResponses/ResponsesDecoder.cs", "if (place < 0)");

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Ends => ["response.completed", "response.incomplete"];

    /// <inheritdoc/>
    protected override InferenceOperation? Own => InferenceOperation.Responses;
}

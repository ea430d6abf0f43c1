using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Cohere's streams.</summary>
internal sealed class CohereStreamTarget() : StreamTarget(new CohereAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "cohere-stream";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "event: ", "data: ", "message-start", "message-end", "content-start", "content-delta", "tool-plan-delta", "tool-call-start", "tool-call-delta",
        "tool-call-end", "\"type\":", "\"index\":", "\"delta\":", "\"message\":", "\"content\":", "\"text\":", "\"thinking\":", "\"tool_calls\":", "\"tool_plan\":",
        "\"function\":", "\"arguments\":", "\"finish_reason\":", "\"usage\":", "\"tokens\":", "\"cached_tokens\":", "[DONE]", "\"ERROR\"", "\"TIMEOUT\"", "\"id\":", "\"name\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Cohere/CohereStream.cs", "Providers/Cohere/CohereEvent.cs", "Providers/Cohere/CohereUsage.cs", "Providers/Cohere/CohereFinish.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Cohere/CohereStream.cs", "if (call < 0)");

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Ends => ["finish_reason"];
}

using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Cohere's whole answers, and its errors.</summary>
internal sealed class CohereAnswerTarget() : AnswerTarget(new CohereAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "cohere-answer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"message\":", "\"content\":", "\"type\":", "\"text\":", "\"thinking\":", "\"tool_plan\":", "\"tool_calls\":", "\"function\":", "\"arguments\":", "\"name\":", "\"id\":",
        "\"finish_reason\":", "\"COMPLETE\"", "\"usage\":", "\"tokens\":", "\"billed_units\":", "\"cached_tokens\":", "\"input_tokens\":", "too many tokens",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Cohere/CohereAnswer.cs", "Providers/Cohere/CohereUsage.cs", "Providers/Cohere/CohereFinish.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Cohere/CohereAnswer.cs", "if (content.ValueKind == JsonValueKind.String)");

    /// <inheritdoc/>
    protected override byte[]? StreamOf(byte[] answer) => AnswerAsStream.OfCohere(answer);

    /// <inheritdoc/>
    protected override bool ArgumentsAreText => true;
}

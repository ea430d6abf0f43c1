using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Whole answers and errors of a provider that configuration describes.</summary>
internal sealed class CustomAnswerTarget() : AnswerTarget(CustomProvider.OfEvents)
{
    /// <inheritdoc/>
    public override string Name => "custom-answer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"result\":", "\"parts\":", "\"text\":", "\"why\":", "\"LIMIT\"", "\"BLOCKED\"", "\"usage\":", "\"read\":", "\"written\":", "\"id\":", "\"problem\":", "\"message\":", "\"calls\":[", "\"fn\":", "\"args\":", "context length", "sk-live-0123456789",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Custom/CustomAnswer.cs", "Providers/Custom/CustomCalls.cs:TryRead", "Providers/Custom/CustomCalls.cs:TryReadOne", "Providers/Custom/CustomCalls.cs:TextOf", "Providers/Custom/CustomPaths.cs:UsageIn", "Providers/Custom/CustomPaths.cs:CountAt", "Providers/Custom/CustomShape.cs:FinishOf", "Providers/Custom/CustomShape.cs:ReasonOf", "Providers/Custom/CustomShape.cs:WordOf", "core/Providers/JsonPath.cs:Find", "core/Providers/JsonPath.cs:TryTake",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/UpstreamText.cs", "if (text.Length >= MaxLength)");
}

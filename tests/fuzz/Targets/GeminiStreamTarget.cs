using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Gemini's streams.</summary>
internal sealed class GeminiStreamTarget() : StreamTarget(new GoogleAiAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "gemini-stream";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "data: ", "\"candidates\":[", "\"content\":{", "\"parts\":[", "\"text\":", "\"thought\":true", "\"thoughtSignature\":", "\"functionCall\":{",
        "\"name\":", "\"args\":{", "\"id\":", "\"finishReason\":", "\"STOP\"", "\"usageMetadata\":{", "\"promptTokenCount\":", "\"responseId\":",
        "\"modelVersion\":", "\"promptFeedback\":{", "\"blockReason\":", "\"error\":{", "\"thoughtsTokenCount\":", "\"toolUsePromptTokenCount\":", "\"cachedContentTokenCount\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Gemini/GeminiDecoder.cs", "Providers/Gemini/GeminiEvent.cs", "Providers/Gemini/GeminiPart.cs", "Providers/Gemini/GeminiUsage.cs", "Providers/Gemini/GeminiFinish.cs",
        "Providers/Gemini/GeminiErrors.cs:FromEvent",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Gemini/GeminiEvent.cs", "if (!Utf8.IsValid(data))");

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Ends => ["finishReason", "blockReason"];
}

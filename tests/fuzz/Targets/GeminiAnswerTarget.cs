using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Gemini's whole answers.</summary>
internal sealed class GeminiAnswerTarget() : AnswerTarget(new GoogleAiAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "gemini-answer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"candidates\":[", "\"content\":{", "\"parts\":[", "\"text\":", "\"thought\":true", "\"thoughtSignature\":", "\"functionCall\":{", "\"functionCall\":{\"name\":\"f\"}", "\"name\":", "\"id\":",
        "\"args\":{", "\"finishReason\":", "\"usageMetadata\":{", "\"promptTokenCount\":", "\"promptFeedback\":{", "\"blockReason\":", "\"responseId\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Gemini/GeminiAnswerReader.cs", "Providers/Gemini/GeminiUsage.cs", "Providers/Gemini/GeminiFinish.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Gemini/GeminiAnswerReader.cs", "if (part.TryGetValue(\"functionCall\"");

    /// <inheritdoc/>
    protected override byte[]? StreamOf(byte[] answer) => AnswerAsStream.OfGemini(answer);
}

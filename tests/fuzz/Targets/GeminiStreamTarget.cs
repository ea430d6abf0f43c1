using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Gemini's stream events to OpenAI's.</summary>
internal sealed class GeminiStreamTarget : FuzzTarget
{
    public override string Name => "gemini-stream";

    public override IReadOnlyList<string> Words =>
    [
        "data: ", "\"candidates\":[", "\"content\":{", "\"parts\":[", "\"text\":", "\"thought\":true", "\"thoughtSignature\":", "\"functionCall\":{",
        "\"name\":", "\"args\":{", "\"id\":", "\"finishReason\":", "\"STOP\"", "\"usageMetadata\":{", "\"promptTokenCount\":", "\"responseId\":",
        "\"modelVersion\":", "\"promptFeedback\":{", "\"blockReason\":", "\"error\":{",
    ];

    public override int Run(byte[] input) =>
        Translated.Run(new GoogleAiAdapter(TimeProvider.System).CreateStream(Translated.StreamedChat), input);
}

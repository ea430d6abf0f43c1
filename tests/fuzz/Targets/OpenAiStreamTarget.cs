using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>OpenAI's streams: copied to clients of Chat Completions, translated for the others.</summary>
internal sealed class OpenAiStreamTarget() : StreamTarget(new OpenAiAdapter(OpenAiDialect.Presets[0], Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "openai-stream";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "data: ", "data: [DONE]\n\n", "\"choices\":", "\"choices\":[]", "\"delta\":", "\"content\":", "\"tool_calls\":", "\"index\":", "\"finish_reason\":",
        "\"stop\"", "\"usage\":", "\"prompt_tokens\":", "\"completion_tokens\":", "\"prompt_tokens_details\":{\"cached_tokens\":1}", "\"error\":", "\"model\":",
        "\"reasoning_content\":", "\"reasoning\":", "\"refusal\":", "\"thinking\":", "\"type\":\"text\"", "\"function\":", "\"name\":", "\"arguments\":", "\"id\":", "\"x_groq\":",
        "\"object\":\"error\"", "event: error\n", "\"text\":", "\"total_tokens\":", "\"completion_tokens_details\":{\"reasoning_tokens\":1}",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/OpenAi/OpenAiStream.cs", "Providers/OpenAi/OpenAiDecoder.cs", "Providers/OpenAi/OpenAiChunk.cs", "Providers/OpenAi/OpenAiDelta.cs",
        "Providers/OpenAi/OpenAiCalls.cs", "Providers/OpenAi/OpenAiUsage.cs", "Providers/OpenAi/RepeatedEvent.cs", "Providers/OpenAi/OpenAiRepair.cs:RepairEvent",
        "Providers/OpenAi/OpenAiErrors.cs:FromEvent", "Providers/DecodingTranslator.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/OpenAi/OpenAiChunk.cs", "if (!Utf8.IsValid(data))");

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Ends => ["[DONE]", "finish_reason"];

    /// <inheritdoc/>
    protected override InferenceOperation? Own => InferenceOperation.ChatCompletions;
}

using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>OpenAI's whole answers: copied to clients of Chat Completions, translated for the others.</summary>
internal sealed class OpenAiAnswerTarget() : AnswerTarget(new OpenAiAdapter(OpenAiDialect.Presets[0], Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "openai-answer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"choices\":", "\"message\":", "\"content\":", "[{\"type\":\"text\",\"text\":\"a\"}]", "\"usage\":", "\"prompt_tokens\":", "\"error\":", "\"finish_reason\":", "\"thinking\":", "\"text\":",
        "\"tool_calls\":", "\"function\":", "\"name\":", "\"arguments\":", "\"id\":", "\"refusal\":", "\"reasoning_content\":", "\"reasoning\":", "\"total_tokens\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/OpenAi/OpenAiAnswer.cs", "Providers/OpenAi/OpenAiAnswerReader.cs", "Providers/OpenAi/OpenAiUsage.cs", "Providers/OpenAi/OpenAiRepair.cs:RepairAnswer", "Providers/OpenAi/OpenAiRepair.cs:Collect",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/OpenAi/OpenAiAnswer.cs", "if (!Utf8.IsValid(body))");

    /// <inheritdoc/>
    protected override InferenceOperation? Own => InferenceOperation.ChatCompletions;

    /// <inheritdoc/>
    protected override byte[]? StreamOf(byte[] answer) => AnswerAsStream.OfOpenAi(answer);

    /// <inheritdoc/>
    protected override bool ArgumentsAreText => true;
}

using ProxyCluster.GatewayApi.Providers.Ollama;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Ollama's whole answers, and its errors.</summary>
internal sealed class OllamaAnswerTarget() : AnswerTarget(new OllamaAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "ollama-answer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"model\":", "\"message\":", "\"content\":", "\"thinking\":", "\"tool_calls\":", "\"function\":", "\"name\":", "\"arguments\":", "\"done\":true", "\"id\":",
        "\"done_reason\":", "\"length\"", "\"prompt_eval_count\":", "\"prompt_eval_cached_count\":", "\"eval_count\":", "\"error\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Ollama/OllamaAnswer.cs", "Providers/Ollama/OllamaLine.cs", "Providers/Ollama/OllamaCalls.cs", "Providers/Ollama/OllamaFinish.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Ollama/OllamaStream.cs", "if (!JsonText.Inner(line.Thinking).IsEmpty)");

    /// <inheritdoc/>
    protected override byte[]? StreamOf(byte[] answer) => answer;

    /// <inheritdoc/>
    protected override bool ArgumentsAreText => true;
}

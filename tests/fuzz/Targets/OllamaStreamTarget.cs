using ProxyCluster.GatewayApi.Providers.Ollama;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Ollama's streams, line by line.</summary>
internal sealed class OllamaStreamTarget() : StreamTarget(new OllamaAdapter(Clock.Still))
{
    /// <inheritdoc/>
    public override string Name => "ollama-stream";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\n", "\r\n", "\"model\":", "\"message\":", "\"content\":", "\"thinking\":", "\"tool_calls\":[", "\"function\":", "\"name\":", "\"arguments\":", "\"id\":",
        "\"done\":true", "\"done\":false", "\"done_reason\":", "\"prompt_eval_count\":", "\"prompt_eval_cached_count\":", "\"eval_count\":", "\"error\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Providers/Ollama/OllamaStream.cs", "Providers/Ollama/OllamaLine.cs", "Providers/Ollama/OllamaCalls.cs", "Providers/Ollama/OllamaFinish.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Ollama/OllamaStream.cs", "if (_isDone)");

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Ends => ["done"];
}

using ProxyCluster.GatewayApi.Providers.Ollama;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Ollama's whole answers, and its errors, to OpenAI's.</summary>
internal sealed class OllamaAnswerTarget : FuzzTarget
{
    public override string Name => "ollama-answer";

    public override IReadOnlyList<string> Words =>
    [
        "\"model\":", "\"message\":", "\"content\":", "\"thinking\":", "\"tool_calls\":", "\"function\":", "\"name\":", "\"arguments\":", "\"done\":true",
        "\"done_reason\":", "\"length\"", "\"prompt_eval_count\":", "\"prompt_eval_cached_count\":", "\"eval_count\":", "\"error\":",
    ];

    public override int Run(byte[] input) => Translated.RunWhole(new OllamaAdapter(TimeProvider.System), input);
}

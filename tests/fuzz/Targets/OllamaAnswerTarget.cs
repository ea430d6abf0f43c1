using System.Buffers;
using ProxyCluster.GatewayApi.Providers;
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

    public override int Run(byte[] input)
    {
        var adapter = new OllamaAdapter(TimeProvider.System);
        var output = new ArrayBufferWriter<byte>();
        var answer = adapter.ReadAnswer(Translated.WholeChat, input, output);
        if (answer.Validity == AnswerValidity.Translated)
        {
            Translated.MustBeJson(output.WrittenSpan);
        }

        var error = Translated.ReadError(adapter, input);
        return HashCode.Combine(answer.Validity, answer.Usage is null, output.WrittenCount / 16, error.Refusal.Code);
    }
}

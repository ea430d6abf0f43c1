using System.Buffers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Cohere;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Cohere's whole answers, and its errors, to OpenAI's.</summary>
internal sealed class CohereAnswerTarget : FuzzTarget
{
    public override string Name => "cohere-answer";

    public override IReadOnlyList<string> Words =>
    [
        "\"message\":", "\"content\":", "\"type\":", "\"text\":", "\"thinking\":", "\"tool_plan\":", "\"tool_calls\":", "\"function\":", "\"arguments\":",
        "\"finish_reason\":", "\"COMPLETE\"", "\"usage\":", "\"tokens\":", "\"billed_units\":", "\"cached_tokens\":", "\"input_tokens\":", "too many tokens",
    ];

    public override int Run(byte[] input)
    {
        var adapter = new CohereAdapter(TimeProvider.System);
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

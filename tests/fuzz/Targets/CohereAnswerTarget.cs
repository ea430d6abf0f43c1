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

    public override int Run(byte[] input) => Translated.RunWhole(new CohereAdapter(TimeProvider.System), input);
}

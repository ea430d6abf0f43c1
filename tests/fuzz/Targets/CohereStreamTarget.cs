using ProxyCluster.GatewayApi.Providers.Cohere;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Cohere's stream events to OpenAI's.</summary>
internal sealed class CohereStreamTarget : FuzzTarget
{
    public override string Name => "cohere-stream";

    public override IReadOnlyList<string> Words =>
    [
        "event: ", "data: ", "message-start", "message-end", "content-start", "content-delta", "tool-plan-delta", "tool-call-start", "tool-call-delta",
        "tool-call-end", "\"type\":", "\"index\":", "\"delta\":", "\"message\":", "\"content\":", "\"text\":", "\"thinking\":", "\"tool_calls\":",
        "\"function\":", "\"arguments\":", "\"finish_reason\":", "\"usage\":", "\"tokens\":", "\"cached_tokens\":", "[DONE]", "\"ERROR\"",
    ];

    public override int Run(byte[] input) =>
        Translated.Run(new CohereAdapter(TimeProvider.System).CreateStream(Translated.StreamedChat), input);
}

using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>OpenAI's stream events to the client's.</summary>
internal sealed class OpenAiStreamTarget : FuzzTarget
{
    private readonly OpenAiAdapter _adapter = new(OpenAiDialect.Presets[0], TimeProvider.System);

    public override string Name => "openai-stream";

    public override IReadOnlyList<string> Words =>
    [
        "data: ", "data: [DONE]\n\n", "\"choices\":", "\"choices\":[]", "\"delta\":", "\"content\":", "\"tool_calls\":", "\"index\":", "\"finish_reason\":",
        "\"stop\"", "\"usage\":", "\"prompt_tokens\":", "\"completion_tokens\":", "\"prompt_tokens_details\":{\"cached_tokens\":1}", "\"error\":", "\"model\":",
    ];

    public override int Run(byte[] input) =>
        Translated.Run(_adapter.CreateStream(input.Length % 2 == 0 ? Translated.StreamedChat : Translated.StreamedChatWithoutUsage), input);
}

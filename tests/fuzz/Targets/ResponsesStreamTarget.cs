using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A provider's Responses events: to a chat client's, and to those of a client that speaks Responses too.</summary>
internal sealed class ResponsesStreamTarget : FuzzTarget
{
    private readonly ResponsesAdapter _adapter = new(TimeProvider.System);

    public override string Name => "responses-stream";

    public override IReadOnlyList<string> Words =>
    [
        "data: ", "event: ", "\"type\":", "response.created", "response.output_item.added", "response.output_item.done", "response.output_text.delta",
        "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.reasoning_summary_text.delta", "response.refusal.delta",
        "response.completed", "response.incomplete", "response.failed", "error", "\"output_index\":", "\"item\":", "\"delta\":", "\"response\":", "\"usage\":",
        "\"encrypted_content\":", "\"function_call\"",
    ];

    public override int Run(byte[] input) => HashCode.Combine(
        Translated.Run(_adapter.CreateStream(Translated.StreamedChat), input), Translated.Run(_adapter.CreateStream(Native()), input));

    private static InferenceRequest Native() => new()
    {
        Operation = InferenceOperation.Responses,
        Body = default,
        Model = "m",
        ModelToken = default,
        Stream = true,
        IsNative = true,
        AnswerKept = static _ => { },
    };
}

using System.Buffers;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Responses;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// A client's Responses request, translated into a chat, or refused; and a chat provider's stream (input that begins with
/// <c>data:</c> or <c>event:</c>) as Responses events.
/// </summary>
internal sealed class ResponsesClientTarget : FuzzTarget
{
    private static readonly InputLimitOptions Limits = new();

    private readonly ModelNames _names = new();
    private readonly OpenAiAdapter _adapter = new(OpenAiDialect.Presets[0], TimeProvider.System);

    public override string Name => "responses-client";

    public override IReadOnlyList<string> Words =>
    [
        "\"model\":\"m\"", "\"input\":", "\"instructions\":", "\"role\":\"user\"", "\"type\":\"function_call\"", "\"call_id\":", "\"arguments\":\"{}\"", "\"type\":\"function_call_output\"",
        "\"type\":\"reasoning\"", "\"summary\":", "\"encrypted_content\":", "\"content\":", "\"type\":\"input_image\"", "\"image_url\":", "\"tools\":", "\"text\":{\"format\":", "\"store\":",
        "\"previous_response_id\":", "data: ", "\"choices\":", "\"delta\":", "\"tool_calls\":", "\"finish_reason\":",
    ];

    public override int Run(byte[] input)
    {
        if (input.AsSpan().StartsWith("data:"u8) || input.AsSpan().StartsWith("event:"u8))
        {
            return Translated.Run(_adapter.CreateStream(Request("""{"model":"m","input":"x","stream":true}"""u8.ToArray())!), input);
        }

        if (Request(input) is not { } request)
        {
            return 0;
        }

        var reading = request.ReadConversation();
        if (reading.Conversation is { } conversation)
        {
            var output = new ArrayBufferWriter<byte>();
            ResponsesDialect.Instance.WriteAnswer(new Answer { Text = "x" }, request, DateTimeOffset.UnixEpoch, output);
            Translated.MustBeJson(output.WrittenSpan);
            return HashCode.Combine(conversation.Messages.Count, conversation.Tools.Count, conversation.Dropped.Count);
        }

        return HashCode.Combine(reading.Refusal!.Code, reading.Refusal.Param?.Length);
    }

    private InferenceRequest? Request(byte[] body)
    {
        var refusal = RequestScanner.Scan(body, InferenceOperation.Responses, Limits, _names, out var request);
        return refusal is null ? request : null;
    }
}

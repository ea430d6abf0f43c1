using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A body of Anthropic's Messages API through the reader and into each provider's form, and its tokens estimated.</summary>
internal sealed class MessagesRequestTarget : FuzzTarget
{
    private static readonly InputLimitOptions Limits = new();

    private readonly ModelNames _names = new();

    public override string Name => "messages-request";

    public override IReadOnlyList<string> Words =>
    [
        "\"model\":", "\"messages\":", "\"role\":", "\"user\"", "\"assistant\"", "\"content\":", "\"system\":", "\"type\":", "\"text\"", "\"image\"", "\"document\"", "\"source\":",
        "\"base64\"", "\"url\"", "\"https://h/i\"", "\"tool_use\"", "\"tool_result\"", "\"tool_use_id\":", "\"input\":{}", "\"is_error\":true", "\"thinking\"", "\"signature\":",
        "\"redacted_thinking\"", "\"tools\":", "\"input_schema\":{}", "\"tool_choice\":", "\"any\"", "\"output_config\":", "\"json_schema\"", "\"schema\":{}", "\"metadata\":",
        "\"stop_sequences\":", "\"cache_control\":", "\"\\ud800\"",
    ];

    public override int Run(byte[] input)
    {
        var refusal = RequestScanner.Scan(input, InferenceOperation.Messages, Limits, _names, out var request);
        if (refusal is not null)
        {
            return HashCode.Combine(refusal.Code, refusal.Param);
        }

        var path = HashCode.Combine(request!.Stream, request.Required);
        if (request.ReadConversation().Conversation is { } conversation && TokenEstimate.Of(conversation, TokenCounters.O200k) < 1)
        {
            throw new InvalidDataException("A conversation has no tokens.");
        }

        return RequestTarget.Adapters.Aggregate(path, (so, adapter) => HashCode.Combine(so, RequestTarget.Send(adapter, request)));
    }
}

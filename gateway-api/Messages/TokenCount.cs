using System.Buffers;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary><c>POST /v1/messages/count_tokens</c> where no provider counts: an estimate, marked as one by <c>x-proxy-warning</c>.</summary>
internal static class TokenCount
{
    /// <summary>Keeps a provider's answer and a refusal that is the client's own doing; answers in place of any other.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="result">What came of asking providers.</param>
    public static AttemptResult OrEstimate(Exchange exchange, in AttemptResult result)
    {
        if (result.Refusal is null || !result.TryAnother || exchange.ClientLeft)
        {
            return result;
        }

        var reading = exchange.Request!.ReadConversation();
        if (reading.Conversation is not { } conversation)
        {
            return new AttemptResult(AttemptOutcome.Rejected, reading.Refusal, false, default);
        }

        var tokens = TokenRules.For(exchange.Candidate?.UpstreamModel ?? exchange.Request.Model);

        // Nobody served it.
        exchange.Candidate = null;
        exchange.Warnings = "input_tokens: estimated";
        var output = exchange.Scratch.Output;
        output.Clear();
        output.Write("{\"input_tokens\":"u8);
        JsonText.WriteNumber(TokenEstimate.Of(conversation, tokens), output);
        output.Write("}"u8);
        return new AttemptResult(AttemptOutcome.Succeeded, null, false, default) { Answer = output.WrittenMemory };
    }
}

using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Costs;
using ProxyCluster.GatewayApi.Costs;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Streaming;

/// <summary>Makes the stream that a client asked for of an answer that came whole.</summary>
internal static class AnswerReplay
{
    /// <summary>The whole stream.</summary>
    /// <param name="exchange">The request, with the candidate that answered and its usage.</param>
    /// <param name="answer">The answer in the client's dialect.</param>
    /// <returns>Empty: it is no answer.</returns>
    public static ReadOnlyMemory<byte> Write(Exchange exchange, ReadOnlyMemory<byte> answer)
    {
        var output = new ArrayBufferWriter<byte>((answer.Length * 2) + 512);
        try
        {
            var cost = exchange.Usage is { } usage ? AnswerCost.DollarsOf(exchange.Candidate!.Entry, usage) : null;
            if (!exchange.Dialect.Replay(UsageCost.AddTo(answer.Span, cost), exchange.Request!, output))
            {
                return default;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }

        output.Write(exchange.Dialect.StreamEnd.Span);
        return output.WrittenMemory;
    }
}

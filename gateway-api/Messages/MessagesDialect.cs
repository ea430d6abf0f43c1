using System.Buffers;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Anthropic's Messages API. What becomes of each field is told in <c>docs/messages.md</c>.</summary>
internal sealed class MessagesDialect : ClientDialect
{
    public static readonly MessagesDialect Instance = new();

    private static readonly byte[] PingEvent = "event: ping\ndata: {\"type\":\"ping\"}\n\n"u8.ToArray();

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Ping => PingEvent;

    /// <inheritdoc/>
    public override string RequestIdHeader => "request-id";

    /// <inheritdoc/>
    public override ConversationReading Read(ReadOnlyMemory<byte> body) => MessagesReader.Read(body);

    /// <inheritdoc/>
    public override DialectHeaders ReadHeaders(IHeaderDictionary headers) => MessagesHeaders.Read(headers);

    /// <inheritdoc/>
    public override void WriteAnswer(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output) =>
        MessagesAnswerWriter.Write(answer, request, now, output);

    /// <inheritdoc/>
    public override bool Replay(ReadOnlySpan<byte> answer, InferenceRequest request, IBufferWriter<byte> output) =>
        MessagesReplay.Write(answer, output);

    /// <inheritdoc/>
    public override AnswerStream CreateStream(InferenceRequest request, DateTimeOffset now) => new MessagesAnswerStream(request, now);

    /// <inheritdoc/>
    public override int StatusOf(Refusal refusal) => MessagesErrors.StatusOf(refusal);

    /// <inheritdoc/>
    public override void WriteError(Refusal refusal, string requestId, IBufferWriter<byte> output) => MessagesErrors.Write(refusal, requestId, output);

    /// <inheritdoc/>
    public override void WriteStreamError(Refusal refusal, string requestId, IBufferWriter<byte> output)
    {
        output.Write("event: error\ndata: "u8);
        MessagesErrors.Write(refusal, requestId, output);
        output.Write("\n\n"u8);
    }

    /// <inheritdoc/>
    public override void WriteLimits(IHeaderDictionary headers, in LimitDecision decision, TimeProvider clock)
    {
        base.WriteLimits(headers, decision, clock);
        MessagesHeaders.WriteLimits(headers, decision, clock);
    }

    /// <inheritdoc/>
    public override void WriteTokenLimits(IHeaderDictionary headers, in TokenStanding standing, TimeProvider clock)
    {
        base.WriteTokenLimits(headers, standing, clock);
        MessagesHeaders.WriteTokenLimits(headers, standing, clock);
    }
}

using System.Buffers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>OpenAI's Responses. Its streams are named events, and end with the last one.</summary>
internal sealed class ResponsesDialect : ClientDialect
{
    public static readonly ResponsesDialect Instance = new();

    /// <inheritdoc/>
    public override ConversationReading Read(ReadOnlyMemory<byte> body) => ResponsesReader.Read(body);

    /// <inheritdoc/>
    public override void WriteAnswer(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output) =>
        ResponsesAnswerWriter.Write(answer, request, now, output);

    /// <inheritdoc/>
    public override bool Replay(ReadOnlySpan<byte> answer, InferenceRequest request, IBufferWriter<byte> output) =>
        ResponsesReplay.Write(answer, output);

    /// <inheritdoc/>
    public override AnswerStream CreateStream(InferenceRequest request, DateTimeOffset now) => new ResponsesStream(request, now);

    /// <inheritdoc/>
    public override void WriteError(Refusal refusal, string requestId, IBufferWriter<byte> output) => ErrorWriter.WriteObject(output, refusal);

    /// <inheritdoc/>
    public override void WriteStreamError(Refusal refusal, string requestId, IBufferWriter<byte> output) =>
        ResponsesErrorEvent.Write(refusal, 0, output);
}

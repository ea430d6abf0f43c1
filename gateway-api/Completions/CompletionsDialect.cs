using System.Buffers;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Completions;

/// <summary>OpenAI's older text completions. What becomes of each field for a model that only chats is told in <c>docs/makeshift.md</c>.</summary>
internal sealed class CompletionsDialect : ClientDialect
{
    public static readonly CompletionsDialect Instance = new();

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> StreamEnd => ChatDialect.Instance.StreamEnd;

    /// <inheritdoc/>
    public override ConversationReading Read(ReadOnlyMemory<byte> body) => CompletionsReader.Read(body);

    /// <inheritdoc/>
    public override void WriteAnswer(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output) =>
        CompletionsAnswerWriter.Write(answer, request, now, output);

    /// <inheritdoc/>
    public override AnswerStream CreateStream(InferenceRequest request, DateTimeOffset now) => new CompletionsStream(request, now);

    /// <inheritdoc/>
    public override bool Replay(ReadOnlySpan<byte> answer, InferenceRequest request, IBufferWriter<byte> output) =>
        CompletionsReplay.Write(answer, request.IncludeUsage, output);

    /// <inheritdoc/>
    public override void WriteError(Refusal refusal, string requestId, IBufferWriter<byte> output) => ErrorWriter.WriteObject(output, refusal);

    /// <inheritdoc/>
    public override void WriteStreamError(Refusal refusal, string requestId, IBufferWriter<byte> output) =>
        ChatDialect.Instance.WriteStreamError(refusal, requestId, output);
}

using System.Buffers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>OpenAI's Chat Completions, and the older routes that share its errors and its end of a stream.</summary>
internal sealed class ChatDialect : ClientDialect
{
    public static readonly ChatDialect Instance = new();

    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> StreamEnd => Done;

    /// <inheritdoc/>
    public override ConversationReading Read(ReadOnlyMemory<byte> body) => ChatReader.Read(body);

    /// <inheritdoc/>
    public override void WriteAnswer(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output) =>
        ChatAnswerWriter.Write(answer, request, now, output);

    /// <inheritdoc/>
    public override bool Replay(ReadOnlySpan<byte> answer, InferenceRequest request, IBufferWriter<byte> output) =>
        ChatReplay.Write(answer, request.IncludeUsage, output);

    /// <inheritdoc/>
    public override AnswerStream CreateStream(InferenceRequest request, DateTimeOffset now) => new ChatAnswerStream(request, now);

    /// <inheritdoc/>
    public override void WriteError(Refusal refusal, string requestId, IBufferWriter<byte> output) => ErrorWriter.WriteObject(output, refusal);

    /// <inheritdoc/>
    public override void WriteStreamError(Refusal refusal, string requestId, IBufferWriter<byte> output)
    {
        output.Write("data: "u8);
        ErrorWriter.WriteObject(output, refusal);
        output.Write("\n\n"u8);
    }
}

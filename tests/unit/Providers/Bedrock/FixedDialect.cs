using System.Buffers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

/// <summary>A client that always says the same.</summary>
internal sealed class FixedDialect(Conversation conversation) : ClientDialect
{
    public override ConversationReading Read(ReadOnlyMemory<byte> body) => conversation;

    public override void WriteAnswer(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output) => throw new NotSupportedException();

    public override AnswerStream CreateStream(InferenceRequest request, DateTimeOffset now) => throw new NotSupportedException();

    public override void WriteError(Refusal refusal, string requestId, IBufferWriter<byte> output) => throw new NotSupportedException();

    public override void WriteStreamError(Refusal refusal, string requestId, IBufferWriter<byte> output) => throw new NotSupportedException();
}

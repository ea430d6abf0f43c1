using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Finds the texts in the events of one dialect's streams. Holds no state of a stream.</summary>
internal abstract class StreamTexts
{
    /// <summary>Whether events are numbered.</summary>
    public virtual bool IsNumbered => false;

    /// <summary>Whether a text that came in pieces is told again when it is whole.</summary>
    public virtual bool RepeatsTexts => false;

    /// <summary>The dialect of a route.</summary>
    public static StreamTexts Of(InferenceOperation operation) => operation switch
    {
        InferenceOperation.Messages => MessagesStreamTexts.Instance,
        InferenceOperation.Responses => ResponsesStreamTexts.Instance,
        _ => ChatStreamTexts.Instance,
    };

    /// <summary>Reads the data of an event.</summary>
    public abstract void Read(JsonElement data, EventTexts texts);

    /// <summary>Writes the event that tells a client that the stream has broken.</summary>
    /// <param name="refusal">What the client is told.</param>
    /// <param name="requestId">As in <c>x-request-id</c>.</param>
    /// <param name="number">The event's number.</param>
    /// <param name="output">Takes it.</param>
    public virtual void WriteFailure(Refusal refusal, string requestId, int number, IBufferWriter<byte> output) =>
        ChatDialect.Instance.WriteStreamError(refusal, requestId, output);
}

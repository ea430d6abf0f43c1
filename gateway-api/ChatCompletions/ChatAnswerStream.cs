using System.Buffers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>Writes a streamed answer as <c>chat.completion.chunk</c>s; the relay adds <c>[DONE]</c>.</summary>
internal sealed class ChatAnswerStream(InferenceRequest request, DateTimeOffset now) : AnswerStream
{
    private byte[] _head = [];
    private byte[] _signature = [];
    private int _calls;

    /// <inheritdoc/>
    public override void Begin(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> modelJson)
    {
        _head = ChatChunk.HeadOf(
            "chat.completion.chunk"u8,
            idJson.IsEmpty ? JsonText.Quote($"chatcmpl-{Guid.CreateVersion7(now):N}") : idJson,
            modelJson.IsEmpty ? JsonText.Quote(request.Model) : modelJson,
            now);

        BeginChunk();
        Output.Write("\"role\":\"assistant\""u8);
        EndChunk(null);
    }

    /// <inheritdoc/>
    public override void Text(ReadOnlySpan<byte> json) => WriteDelta("\"content\":"u8, json);

    /// <inheritdoc/>
    public override void Reasoning(ReadOnlySpan<byte> json) => WriteDelta("\"reasoning_content\":"u8, json);

    /// <inheritdoc/>
    public override void Refusal(ReadOnlySpan<byte> json) => WriteDelta("\"refusal\":"u8, json);

    /// <inheritdoc/>
    public override void CallSignature(ReadOnlySpan<byte> json) => _signature = json.ToArray();

    /// <inheritdoc/>
    public override void BeginCall(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> nameJson)
    {
        BeginCallDelta(_calls++);
        Output.Write(",\"id\":"u8);
        Output.Write(idJson.IsEmpty ? "null"u8 : idJson);
        Output.Write(",\"type\":\"function\",\"function\":{\"name\":"u8);
        Output.Write(nameJson.IsEmpty ? "null"u8 : nameJson);
        Output.Write(",\"arguments\":\"\"}"u8);
        if (_signature.Length > 0)
        {
            Output.Write(",\"extra_content\":{\"google\":{\"thought_signature\":"u8);
            Output.Write(_signature);
            Output.Write("}}"u8);
            _signature = [];
        }

        Output.Write("}]"u8);
        EndChunk(null);
    }

    /// <inheritdoc/>
    public override void Arguments(int call, ReadOnlySpan<byte> json)
    {
        BeginCallDelta(call);
        Output.Write(",\"function\":{\"arguments\":"u8);
        Output.Write(json);
        Output.Write("}}]"u8);
        EndChunk(null);
    }

    /// <inheritdoc/>
    public override void Finish(FinishReason reason, string? stopSequence)
    {
        BeginChunk();
        EndChunk(ChatFinish.NameOf(reason));
    }

    /// <inheritdoc/>
    public override void End(TokenUsage? usage)
    {
        if (request.IncludeUsage && usage is { } told)
        {
            ChatChunk.WriteUsage(_head, told, CostDollars, Output);
        }
    }

    private void WriteDelta(ReadOnlySpan<byte> member, ReadOnlySpan<byte> json)
    {
        BeginChunk();
        Output.Write(member);
        Output.Write(json);
        EndChunk(null);
    }

    private void BeginCallDelta(int call)
    {
        BeginChunk();
        Output.Write("\"tool_calls\":[{\"index\":"u8);
        JsonText.WriteNumber(call, Output);
    }

    private void BeginChunk()
    {
        Output.Write(_head);
        Output.Write("\"choices\":[{\"index\":0,\"delta\":{"u8);
    }

    private void EndChunk(string? finish)
    {
        Output.Write("},\"logprobs\":null,\"finish_reason\":"u8);
        if (finish is null)
        {
            Output.Write("null"u8);
        }
        else
        {
            Output.Write(JsonText.Quote(finish));
        }

        Output.Write(request.IncludeUsage ? "}],\"usage\":null}\n\n"u8 : "}]}\n\n"u8);
    }
}

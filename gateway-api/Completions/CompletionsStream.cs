using System.Buffers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Completions;

/// <summary>Writes a streamed answer as <c>text_completion</c>s, a piece each; the relay adds <c>[DONE]</c>.</summary>
internal sealed class CompletionsStream(InferenceRequest request, DateTimeOffset now) : AnswerStream
{
    private byte[] _head = [];

    /// <inheritdoc/>
    public override void Begin(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> modelJson)
    {
        _head = ChatChunk.HeadOf(
            "text_completion"u8,
            idJson.IsEmpty ? JsonText.Quote(CompletionsAnswerWriter.NewId(now)) : idJson,
            modelJson.IsEmpty ? JsonText.Quote(request.Model) : modelJson,
            now);
    }

    /// <inheritdoc/>
    public override void Text(ReadOnlySpan<byte> json) => WriteChunk(json, default);

    /// <inheritdoc/>
    public override void Refusal(ReadOnlySpan<byte> json) => Text(json);

    /// <inheritdoc/>
    public override void Reasoning(ReadOnlySpan<byte> json)
    {
        // Has no place in a text.
    }

    /// <inheritdoc/>
    public override void BeginCall(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> nameJson)
    {
        // Nobody offered a tool.
    }

    /// <inheritdoc/>
    public override void Arguments(int call, ReadOnlySpan<byte> json)
    {
        // Nobody offered a tool.
    }

    /// <inheritdoc/>
    public override void Finish(FinishReason reason, string? stopSequence) =>
        WriteChunk("\"\""u8, JsonText.Quote(CompletionsAnswerWriter.FinishOf(reason)));

    /// <inheritdoc/>
    public override void End(TokenUsage? usage)
    {
        if (request.IncludeUsage && usage is { } told)
        {
            ChatChunk.WriteUsage(_head, told, CostDollars, Output);
        }
    }

    private void WriteChunk(ReadOnlySpan<byte> textJson, ReadOnlySpan<byte> finishJson)
    {
        Output.Write(_head);
        Output.Write("\"choices\":[{\"text\":"u8);
        Output.Write(textJson);
        Output.Write(",\"index\":0,\"logprobs\":null,\"finish_reason\":"u8);
        Output.Write(finishJson.IsEmpty ? "null"u8 : finishJson);
        Output.Write(request.IncludeUsage ? "}],\"usage\":null}\n\n"u8 : "}]}\n\n"u8);
    }
}

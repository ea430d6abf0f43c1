using System.Buffers;
using System.Text.Json;
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
        var head = new ArrayBufferWriter<byte>(192);
        head.Write("data: {\"id\":"u8);
        head.Write(idJson.IsEmpty ? JsonText.Quote(CompletionsAnswerWriter.NewId(now)) : idJson);
        head.Write(",\"object\":\"text_completion\",\"created\":"u8);
        JsonText.WriteNumber(now.ToUnixTimeSeconds(), head);
        head.Write(",\"model\":"u8);
        head.Write(modelJson.IsEmpty ? JsonText.Quote(request.Model) : modelJson);
        head.Write(",\"choices\":["u8);
        _head = head.WrittenSpan.ToArray();
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
        if (!request.IncludeUsage || usage is not { } told)
        {
            return;
        }

        Output.Write(_head);
        Output.Write("],\"usage\":"u8);
        using (var json = new Utf8JsonWriter(Output))
        {
            ChatUsage.Write(json, told, CostDollars);
        }

        Output.Write("}\n\n"u8);
    }

    private void WriteChunk(ReadOnlySpan<byte> textJson, ReadOnlySpan<byte> finishJson)
    {
        Output.Write(_head);
        Output.Write("{\"text\":"u8);
        Output.Write(textJson);
        Output.Write(",\"index\":0,\"logprobs\":null,\"finish_reason\":"u8);
        Output.Write(finishJson.IsEmpty ? "null"u8 : finishJson);
        Output.Write(request.IncludeUsage ? "}],\"usage\":null}\n\n"u8 : "}]}\n\n"u8);
    }
}

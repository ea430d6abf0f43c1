using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>
/// Writes a streamed answer as Anthropic's named events. Each change of what is said (thoughts, text, a call) ends one
/// block and begins the next.
/// </summary>
internal sealed class MessagesAnswerStream(InferenceRequest request, DateTimeOffset now) : AnswerStream
{
    private readonly List<int> _callBlocks = [];
    private Block _open;
    private int _blocks;
    private bool _hasRefused;
    private FinishReason _reason;
    private string? _stopSequence;

    private enum Block
    {
        None,
        Text,
        Thinking,
        RedactedThinking,
        ToolUse,
    }

    /// <inheritdoc/>
    public override void Begin(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> modelJson)
    {
        Output.Write("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":"u8);
        Output.Write(idJson.IsEmpty ? JsonText.Quote(MessagesAnswerWriter.NewId("msg", now)) : idJson);
        Output.Write(",\"type\":\"message\",\"role\":\"assistant\",\"model\":"u8);
        Output.Write(modelJson.IsEmpty ? JsonText.Quote(request.Model) : modelJson);
        Output.Write(",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":"u8);
        WriteUsage(default, null);
        Output.Write("}}\n\n"u8);
    }

    /// <inheritdoc/>
    public override void Text(ReadOnlySpan<byte> json)
    {
        if (json.Length > 2)
        {
            Open(Block.Text);
            WriteDelta(_blocks - 1, "{\"type\":\"text_delta\",\"text\":"u8, json);
        }
    }

    /// <inheritdoc/>
    public override void Reasoning(ReadOnlySpan<byte> json)
    {
        if (json.Length > 2)
        {
            Open(Block.Thinking);
            WriteDelta(_blocks - 1, "{\"type\":\"thinking_delta\",\"thinking\":"u8, json);
        }
    }

    /// <inheritdoc/>
    public override void ReasoningSignature(ReadOnlySpan<byte> json)
    {
        // It holds for the thoughts before it: what is thought afterwards is a block of its own.
        Open(Block.Thinking);
        WriteDelta(_blocks - 1, "{\"type\":\"signature_delta\",\"signature\":"u8, json);
        Close();
    }

    /// <inheritdoc/>
    public override void RedactedReasoning(ReadOnlySpan<byte> json)
    {
        Close();
        BeginBlock(Block.RedactedThinking);
        Output.Write("{\"type\":\"redacted_thinking\",\"data\":"u8);
        Output.Write(json);
        Output.Write("}}\n\n"u8);
        Close();
    }

    /// <inheritdoc/>
    public override void Refusal(ReadOnlySpan<byte> json)
    {
        _hasRefused |= json.Length > 2;
        Text(json);
    }

    /// <inheritdoc/>
    public override void BeginCall(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> nameJson)
    {
        Close();
        _callBlocks.Add(_blocks);
        BeginBlock(Block.ToolUse);
        Output.Write("{\"type\":\"tool_use\",\"id\":"u8);
        Output.Write(idJson.Length > 2 ? idJson : JsonText.Quote(MessagesAnswerWriter.NewId("toolu", now)));
        Output.Write(",\"name\":"u8);
        Output.Write(nameJson.IsEmpty ? "\"\""u8 : nameJson);
        Output.Write(",\"input\":{},\"caller\":{\"type\":\"direct\"}}}\n\n"u8);
    }

    /// <inheritdoc/>
    public override void Arguments(int call, ReadOnlySpan<byte> json)
    {
        // Servers that send the pieces of several calls mixed are rare: those of an earlier call go out under its block's number.
        if (json.Length > 2)
        {
            WriteDelta(_callBlocks[call], "{\"type\":\"input_json_delta\",\"partial_json\":"u8, json);
        }
    }

    /// <inheritdoc/>
    public override void Finish(FinishReason reason, string? stopSequence)
    {
        Close();
        _reason = reason;
        _stopSequence = stopSequence;
    }

    /// <inheritdoc/>
    public override void End(TokenUsage? usage)
    {
        Output.Write("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\""u8);
        WriteAscii(MessagesFinish.NameOf(_reason, _stopSequence, _hasRefused));
        Output.Write("\",\"stop_sequence\":"u8);
        Output.Write(_stopSequence is null ? "null"u8 : JsonText.Quote(_stopSequence));
        Output.Write("},\"usage\":"u8);
        WriteUsage(usage ?? default, CostDollars);
        Output.Write("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }

    private void Open(Block block)
    {
        if (_open == block)
        {
            return;
        }

        Close();
        BeginBlock(block);
        Output.Write(block == Block.Text ? "{\"type\":\"text\",\"text\":\"\"}}\n\n"u8 : "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n"u8);
    }

    private void BeginBlock(Block block)
    {
        _open = block;
        Output.Write("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":"u8);
        JsonText.WriteNumber(_blocks++, Output);
        Output.Write(",\"content_block\":"u8);
    }

    private void Close()
    {
        if (_open == Block.None)
        {
            return;
        }

        _open = Block.None;
        Output.Write("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8);
        JsonText.WriteNumber(_blocks - 1, Output);
        Output.Write("}\n\n"u8);
    }

    private void WriteDelta(int block, ReadOnlySpan<byte> head, ReadOnlySpan<byte> json)
    {
        Output.Write("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8);
        JsonText.WriteNumber(block, Output);
        Output.Write(",\"delta\":"u8);
        Output.Write(head);
        Output.Write(json);
        Output.Write("}}\n\n"u8);
    }

    private void WriteUsage(in TokenUsage usage, decimal? costDollars)
    {
        using var json = new Utf8JsonWriter(Output);
        MessagesUsage.Write(json, usage, costDollars);
    }

    private void WriteAscii(string text)
    {
        var span = Output.GetSpan(text.Length);
        Output.Advance(System.Text.Encoding.ASCII.GetBytes(text, span));
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// Turns Anthropic's events into <c>chat.completion.chunk</c>s. Text and arguments are copied as escaped JSON, without
/// being decoded. Blocks of server tools, signatures, citations and what is new pass by unseen.
/// </summary>
internal sealed class AnthropicStream(InferenceRequest request, DateTimeOffset now) : StreamTranslator
{
    private readonly List<ToolCall> _calls = [];
    private AnthropicUsage _usage;
    private byte[]? _head;
    private string? _finish;
    private bool _isComplete;

    /// <inheritdoc/>
    public override StreamSignal Translate(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (!AnthropicEvent.TryRead(data, ref _usage, out var read))
        {
            return StreamSignal.Malformed;
        }

        Usage = _usage.Tokens;
        switch (read.Type)
        {
            case "message_start":
                return Start(read, output);
            case "error":
                Error = AnthropicErrors.FromEvent(read.InnerType, read.Message);
                return StreamSignal.Failed;
            case "content_block_start" or "content_block_delta" or "content_block_stop" or "message_delta" or "message_stop" when _head is null:
                return StreamSignal.Malformed;
            case "content_block_start":
                return StartBlock(read, output);
            case "content_block_delta":
                return Continue(read, output);
            case "content_block_stop":
                return StopBlock(read, output);
            case "message_delta":
                return Finish(read, output);
            case "message_stop":
                return Complete(output) ? StreamSignal.End : StreamSignal.Malformed;
            default:
                // Anthropic adds kinds of events and tells clients to pass over them.
                return StreamSignal.None;
        }
    }

    /// <inheritdoc/>
    public override bool Complete(IBufferWriter<byte> output)
    {
        // The stop reason comes after all content: with it the answer is whole, though the farewell be missing.
        if (_finish is null)
        {
            return false;
        }

        if (!_isComplete && request.IncludeUsage && Usage is { } usage)
        {
            output.Write(_head);
            output.Write("\"choices\":[],\"usage\":"u8);
            using (var json = new Utf8JsonWriter(output))
            {
                ChatUsage.Write(json, usage, CostDollars);
            }

            output.Write("}\n\n"u8);
        }

        _isComplete = true;
        return true;
    }

    private StreamSignal Start(in AnthropicEvent read, IBufferWriter<byte> output)
    {
        if (_head is not null)
        {
            return StreamSignal.Malformed;
        }

        var head = new ArrayBufferWriter<byte>(192);
        head.Write("data: {\"id\":"u8);
        head.Write(read.Id.IsEmpty ? JsonString($"chatcmpl-{Guid.CreateVersion7(now):N}") : read.Id);
        head.Write(",\"object\":\"chat.completion.chunk\",\"created\":"u8);
        WriteNumber(head, now.ToUnixTimeSeconds());
        head.Write(",\"model\":"u8);
        head.Write(read.Model.IsEmpty ? JsonString(request.Model) : read.Model);
        head.Write(","u8);
        _head = head.WrittenSpan.ToArray();

        BeginChunk(output);
        output.Write("\"role\":\"assistant\""u8);
        EndChunk(output, null);
        return StreamSignal.None;
    }

    private StreamSignal StartBlock(in AnthropicEvent read, IBufferWriter<byte> output)
    {
        switch (read.InnerType)
        {
            case "text":
                return WriteText("content"u8, read, output);
            case "thinking":
                return WriteText("reasoning_content"u8, read, output);
            case "tool_use":
                _calls.Add(new ToolCall(read.Index, read.Input.ToArray()));
                BeginCall(_calls.Count - 1, output);
                output.Write(",\"id\":"u8);
                output.Write(read.Id.IsEmpty ? "null"u8 : read.Id);
                output.Write(",\"type\":\"function\",\"function\":{\"name\":"u8);
                output.Write(read.Name.IsEmpty ? "null"u8 : read.Name);
                output.Write(",\"arguments\":\"\"}}]"u8);
                EndChunk(output, null);
                return StreamSignal.Content;
            default:
                return StreamSignal.None;
        }
    }

    private StreamSignal Continue(in AnthropicEvent read, IBufferWriter<byte> output)
    {
        switch (read.InnerType)
        {
            case "text_delta":
                return WriteText("content"u8, read, output);
            case "thinking_delta":
                return WriteText("reasoning_content"u8, read, output);
            case "input_json_delta" when read.HasText && FindCall(read.Index) is var place and >= 0:
                _calls[place].HasArguments = true;
                WriteArguments(place, read.Text, output);
                return StreamSignal.Content;
            default:
                return StreamSignal.None;
        }
    }

    private StreamSignal StopBlock(in AnthropicEvent read, IBufferWriter<byte> output)
    {
        var place = FindCall(read.Index);
        if (place < 0 || _calls[place].HasArguments)
        {
            return StreamSignal.None;
        }

        // A call without arguments brings no delta, or the whole input came with the block's start.
        var call = _calls[place];
        call.HasArguments = true;
        WriteArguments(place, JsonString(call.Input.Length == 0 ? "{}" : Encoding.UTF8.GetString(call.Input)), output);
        return StreamSignal.Content;
    }

    private StreamSignal Finish(in AnthropicEvent read, IBufferWriter<byte> output)
    {
        if (read.StopReason is null || _finish is not null)
        {
            return StreamSignal.None;
        }

        _finish = AnthropicFinish.From(read.StopReason);
        if (read.Message is { Length: > 0 } explanation)
        {
            BeginChunk(output);
            output.Write("\"refusal\":"u8);
            output.Write(JsonString(explanation));
            EndChunk(output, null);
        }

        BeginChunk(output);
        EndChunk(output, _finish);
        return StreamSignal.Content;
    }

    private StreamSignal WriteText(ReadOnlySpan<byte> member, in AnthropicEvent read, IBufferWriter<byte> output)
    {
        if (!read.HasText)
        {
            return StreamSignal.None;
        }

        BeginChunk(output);
        output.Write("\""u8);
        output.Write(member);
        output.Write("\":"u8);
        output.Write(read.Text);
        EndChunk(output, null);
        return StreamSignal.Content;
    }

    private void WriteArguments(int place, ReadOnlySpan<byte> escaped, IBufferWriter<byte> output)
    {
        BeginCall(place, output);
        output.Write(",\"function\":{\"arguments\":"u8);
        output.Write(escaped);
        output.Write("}}]"u8);
        EndChunk(output, null);
    }

    private void BeginCall(int place, IBufferWriter<byte> output)
    {
        BeginChunk(output);
        output.Write("\"tool_calls\":[{\"index\":"u8);
        WriteNumber(output, place);
    }

    private void BeginChunk(IBufferWriter<byte> output)
    {
        output.Write(_head);
        output.Write("\"choices\":[{\"index\":0,\"delta\":{"u8);
    }

    private void EndChunk(IBufferWriter<byte> output, string? finish)
    {
        output.Write("},\"logprobs\":null,\"finish_reason\":"u8);
        output.Write(finish is null ? "null"u8 : JsonString(finish));
        output.Write(request.IncludeUsage ? "}],\"usage\":null}\n\n"u8 : "}]}\n\n"u8);
    }

    private int FindCall(int index)
    {
        for (var place = _calls.Count - 1; place >= 0; place--)
        {
            if (_calls[place].Index == index)
            {
                return place;
            }
        }

        return -1;
    }

    private static void WriteNumber(IBufferWriter<byte> output, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        output.Write(digits[..length]);
    }

    private static byte[] JsonString(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 2);
        using (var json = new Utf8JsonWriter(buffer, AnthropicAnswer.WriterOptions))
        {
            json.WriteStringValue(text);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="index">The block's place among all blocks.</param>
    /// <param name="input">What came with the block's start, raw JSON.</param>
    private sealed class ToolCall(int index, byte[] input)
    {
        public int Index => index;

        public byte[] Input => input;

        public bool HasArguments { get; set; }
    }
}

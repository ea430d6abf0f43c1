using System.Buffers;
using System.Text;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>
/// One item of an answer's <c>output</c>. Its texts are kept as they stand between the quotes of JSON strings: the
/// dialect tells each piece at once, and then all of it again when the item, and the answer, is whole.
/// </summary>
internal sealed class ResponsesItem
{
    /// <summary>How long the ids of thoughts are: <c>rs_</c>, a UUID and the item's place, in hexadecimal. No provider's are.</summary>
    public const int ReasoningIdLength = 37;

    /// <param name="kind">What it is.</param>
    /// <param name="index">Its place in <c>output</c>.</param>
    /// <param name="key">The answer's <see cref="ResponsesEnvelope.Key"/>.</param>
    public ResponsesItem(ResponsesItemKind kind, int index, string key)
    {
        Kind = kind;
        Index = index;
        var prefix = kind switch
        {
            ResponsesItemKind.Message => "msg",
            ResponsesItemKind.Reasoning => "rs",
            _ => "fc",
        };
        IdJson = Encoding.ASCII.GetBytes($"\"{prefix}_{key}{index:x2}\"");
    }

    public ResponsesItemKind Kind { get; }

    public int Index { get; }

    /// <summary>Its id as a JSON string.</summary>
    public byte[] IdJson { get; }

    /// <summary>Texts and refusals of a message; at most one summary of reasoning; a call's arguments.</summary>
    public List<ResponsesPart> Parts { get; } = [];

    /// <summary>Of a call: the id that its result is sent back with, as a JSON string.</summary>
    public byte[] CallIdJson { get; init; } = [];

    /// <summary>Of a call: the function, as a JSON string.</summary>
    public byte[] NameJson { get; init; } = [];

    /// <summary>Of reasoning: what the provider wants back with it, as a JSON string; <see langword="null"/>: nothing.</summary>
    public byte[]? SignatureJson { get; set; }

    /// <summary>Whether it can go on.</summary>
    public ResponsesItemState State { get; set; }

    /// <summary>Writes the item as it stands.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        output.Write("{\"id\":"u8);
        output.Write(IdJson);
        switch (Kind)
        {
            case ResponsesItemKind.Reasoning:
                output.Write(",\"type\":\"reasoning\",\"summary\":["u8);
                WriteParts(output);
                WriteSignature(output);
                return;
            case ResponsesItemKind.Message:
                output.Write(",\"type\":\"message\",\"status\":"u8);
                output.Write(StatusJson);
                output.Write(",\"role\":\"assistant\",\"content\":["u8);
                WriteParts(output);
                output.Write("]}"u8);
                return;
            default:
                output.Write(",\"type\":\"function_call\",\"status\":"u8);
                output.Write(StatusJson);
                output.Write(",\"call_id\":"u8);
                output.Write(CallIdJson);
                output.Write(",\"name\":"u8);
                output.Write(NameJson);
                output.Write(",\"arguments\":"u8);
                Parts[0].WriteText(output);
                output.Write("}"u8);
                return;
        }
    }

    private ReadOnlySpan<byte> StatusJson => State switch
    {
        ResponsesItemState.Completed => "\"completed\""u8,
        ResponsesItemState.Incomplete => "\"incomplete\""u8,
        _ => "\"in_progress\""u8,
    };

    private void WriteParts(IBufferWriter<byte> output)
    {
        for (var i = 0; i < Parts.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            Parts[i].Write(output);
        }
    }

    private void WriteSignature(IBufferWriter<byte> output)
    {
        output.Write("]"u8);
        if (SignatureJson is { } signature)
        {
            output.Write(",\"encrypted_content\":"u8);
            output.Write(signature);
        }

        output.Write("}"u8);
    }
}

/// <summary>What an item is.</summary>
internal enum ResponsesItemKind
{
    Message = 0,

    Reasoning = 1,

    FunctionCall = 2,
}

/// <summary>How far an item is.</summary>
internal enum ResponsesItemState
{
    InProgress = 0,

    Completed = 1,

    /// <summary>The answer ended within it.</summary>
    Incomplete = 2,
}

/// <summary>A piece of an item.</summary>
/// <param name="kind">What it says.</param>
internal sealed class ResponsesPart(ResponsesPartKind kind)
{
    private readonly ArrayBufferWriter<byte> _text = new();

    public ResponsesPartKind Kind => kind;

    public bool IsEmpty => _text.WrittenCount == 0;

    /// <summary>Takes more text: a JSON string with its quotes.</summary>
    public void Append(ReadOnlySpan<byte> json) => _text.Write(JsonText.Inner(json));

    /// <summary>Writes all of the text as a JSON string.</summary>
    public void WriteText(IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        output.Write(_text.WrittenSpan);
        output.Write("\""u8);
    }

    /// <summary>Writes the part as it stands.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        output.Write(kind switch
        {
            ResponsesPartKind.Text => "{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":"u8,
            ResponsesPartKind.Refusal => "{\"type\":\"refusal\",\"refusal\":"u8,
            _ => "{\"type\":\"summary_text\",\"text\":"u8,
        });
        WriteText(output);
        output.Write("}"u8);
    }
}

/// <summary>What a part says.</summary>
internal enum ResponsesPartKind
{
    Text = 0,

    Refusal = 1,

    Summary = 2,

    Arguments = 3,
}

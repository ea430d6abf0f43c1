using System.Buffers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>Writes the events about items and their parts, numbered from 0.</summary>
internal struct ResponsesEvents
{
    /// <summary>Events written so far: the next one's <c>sequence_number</c>.</summary>
    public int Count { get; private set; }

    /// <summary>Begins an event; members may follow.</summary>
    public void Begin(ReadOnlySpan<byte> type, IBufferWriter<byte> output)
    {
        output.Write("event: "u8);
        output.Write(type);
        output.Write("\ndata: {\"type\":\""u8);
        output.Write(type);
        output.Write("\",\"sequence_number\":"u8);
        JsonText.WriteNumber(Count++, output);
    }

    /// <summary>Ends an event.</summary>
    public static void End(IBufferWriter<byte> output) => output.Write("}\n\n"u8);

    /// <summary>An item begins.</summary>
    public void ItemAdded(ResponsesItem item, IBufferWriter<byte> output) => Item("response.output_item.added"u8, item, output);

    /// <summary>An item is whole.</summary>
    public void ItemDone(ResponsesItem item, IBufferWriter<byte> output) => Item("response.output_item.done"u8, item, output);

    /// <summary>The item's last part begins.</summary>
    public void PartAdded(ResponsesItem item, IBufferWriter<byte> output) => Part(
        item.Parts[^1].Kind == ResponsesPartKind.Summary ? "response.reasoning_summary_part.added"u8 : "response.content_part.added"u8, item, output);

    /// <summary>More of a part's text, or of a call's arguments.</summary>
    /// <param name="item">The item.</param>
    /// <param name="part">The part's place in it.</param>
    /// <param name="json">The piece as a JSON string.</param>
    /// <param name="output">Takes the event.</param>
    public void Delta(ResponsesItem item, int part, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var kind = item.Parts[part].Kind;
        Begin(
            kind switch
            {
                ResponsesPartKind.Text => "response.output_text.delta"u8,
                ResponsesPartKind.Refusal => "response.refusal.delta"u8,
                ResponsesPartKind.Summary => "response.reasoning_summary_text.delta"u8,
                _ => "response.function_call_arguments.delta"u8,
            },
            output);
        Place(item, kind, part, output);
        output.Write(",\"delta\":"u8);
        output.Write(json);
        output.Write(kind == ResponsesPartKind.Text ? ",\"logprobs\":[]}\n\n"u8 : "}\n\n"u8);
    }

    /// <summary>The item's last part, or its arguments, are whole.</summary>
    public void PartDone(ResponsesItem item, IBufferWriter<byte> output)
    {
        var part = item.Parts[^1];
        switch (part.Kind)
        {
            case ResponsesPartKind.Text:
                TextDone("response.output_text.done"u8, ",\"text\":"u8, item, output);
                output.Write(",\"logprobs\":[]"u8);
                End(output);
                Part("response.content_part.done"u8, item, output);
                return;
            case ResponsesPartKind.Refusal:
                TextDone("response.refusal.done"u8, ",\"refusal\":"u8, item, output);
                End(output);
                Part("response.content_part.done"u8, item, output);
                return;
            case ResponsesPartKind.Summary:
                TextDone("response.reasoning_summary_text.done"u8, ",\"text\":"u8, item, output);
                End(output);
                Part("response.reasoning_summary_part.done"u8, item, output);
                return;
            default:
                TextDone("response.function_call_arguments.done"u8, ",\"arguments\":"u8, item, output);
                output.Write(",\"name\":"u8);
                output.Write(item.NameJson);
                End(output);
                return;
        }
    }

    private void TextDone(ReadOnlySpan<byte> type, ReadOnlySpan<byte> member, ResponsesItem item, IBufferWriter<byte> output)
    {
        var part = item.Parts[^1];
        Begin(type, output);
        Place(item, part.Kind, item.Parts.Count - 1, output);
        output.Write(member);
        part.WriteText(output);
    }

    private void Item(ReadOnlySpan<byte> type, ResponsesItem item, IBufferWriter<byte> output)
    {
        Begin(type, output);
        output.Write(",\"output_index\":"u8);
        JsonText.WriteNumber(item.Index, output);
        output.Write(",\"item\":"u8);
        item.Write(output);
        End(output);
    }

    private void Part(ReadOnlySpan<byte> type, ResponsesItem item, IBufferWriter<byte> output)
    {
        Begin(type, output);
        Place(item, item.Parts[^1].Kind, item.Parts.Count - 1, output);
        output.Write(",\"part\":"u8);
        item.Parts[^1].Write(output);
        End(output);
    }

    private static void Place(ResponsesItem item, ResponsesPartKind kind, int part, IBufferWriter<byte> output)
    {
        output.Write(",\"item_id\":"u8);
        output.Write(item.IdJson);
        output.Write(",\"output_index\":"u8);
        JsonText.WriteNumber(item.Index, output);
        if (kind == ResponsesPartKind.Arguments)
        {
            return;
        }

        output.Write(kind == ResponsesPartKind.Summary ? ",\"summary_index\":"u8 : ",\"content_index\":"u8);
        JsonText.WriteNumber(part, output);
    }
}

using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Replays a <c>message</c> as Anthropic's named events, a delta or two for each block. Blocks that are not known are told whole where they begin.</summary>
internal sealed class MessagesReplay(JsonElement message, IBufferWriter<byte> output)
{
    private int _index;

    /// <returns><see langword="false"/>: it is no message.</returns>
    public static bool Write(ReadOnlySpan<byte> answer, IBufferWriter<byte> output)
    {
        using var document = ReplayedEvents.Parse(answer);
        return new MessagesReplay(document.RootElement, output).Write();
    }

    private bool Write()
    {
        if (!message.TryGetValue("content", out var content) || content.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        WriteEvent("message_start", json =>
        {
            json.WriteStartObject("message"u8);
            ReplayedEvents.WriteMembers(json, message, "content", "stop_reason", "stop_sequence");
            json.WriteStartArray("content"u8);
            json.WriteEndArray();
            json.WriteNull("stop_reason"u8);
            json.WriteNull("stop_sequence"u8);
            json.WriteEndObject();
        });
        foreach (var block in content.EnumerateArray())
        {
            WriteBlock(block);
            _index++;
        }

        WriteEvent("message_delta", json =>
        {
            json.WriteStartObject("delta"u8);
            json.WriteString("stop_reason"u8, message.GetText("stop_reason"));
            json.WriteString("stop_sequence"u8, message.GetText("stop_sequence"));
            json.WriteEndObject();
            if (message.TryGetValue("usage", out var usage))
            {
                json.WriteMember("usage", usage);
            }
        });
        WriteEvent("message_stop", static _ => { });
        return true;
    }

    private void WriteBlock(JsonElement block)
    {
        switch (block.GetText("type"))
        {
            case "text":
                WriteStart(block, ["text", "citations"], static json => json.WriteString("text"u8, ""u8));
                WriteText(block, "text", "text_delta");
                WriteCitations(block);
                break;
            case "thinking":
                WriteStart(block, ["thinking", "signature"], static json =>
                {
                    json.WriteString("thinking"u8, ""u8);
                    json.WriteString("signature"u8, ""u8);
                });
                WriteText(block, "thinking", "thinking_delta");
                WriteText(block, "signature", "signature_delta");
                break;
            case "tool_use" or "server_tool_use":
                WriteStart(block, ["input"], static json =>
                {
                    json.WriteStartObject("input"u8);
                    json.WriteEndObject();
                });
                WriteDelta("input_json_delta", json => json.WriteString("partial_json"u8, JsonText.Compact(block.GetProperty("input"))));
                break;
            default:
                WriteStart(block, [], static _ => { });
                break;
        }

        WriteEvent("content_block_stop", WriteIndex);
    }

    private void WriteStart(JsonElement block, string[] without, Action<Utf8JsonWriter> writeEmpty) => WriteEvent("content_block_start", json =>
    {
        WriteIndex(json);
        json.WriteStartObject("content_block"u8);
        ReplayedEvents.WriteMembers(json, block, without);
        writeEmpty(json);
        json.WriteEndObject();
    });

    private void WriteText(JsonElement block, string member, string delta)
    {
        if (block.GetText(member) is { Length: > 0 } text)
        {
            WriteDelta(delta, json => json.WriteString(member, text));
        }
    }

    private void WriteCitations(JsonElement block)
    {
        if (!block.TryGetValue("citations", out var citations))
        {
            return;
        }

        foreach (var citation in citations.EnumerateArray())
        {
            WriteDelta("citations_delta", json => json.WriteMember("citation", citation));
        }
    }

    private void WriteDelta(string type, Action<Utf8JsonWriter> writeMembers) => WriteEvent("content_block_delta", json =>
    {
        WriteIndex(json);
        json.WriteStartObject("delta"u8);
        json.WriteString("type"u8, type);
        writeMembers(json);
        json.WriteEndObject();
    });

    private void WriteIndex(Utf8JsonWriter json) => json.WriteNumber("index"u8, _index);

    private void WriteEvent(string name, Action<Utf8JsonWriter> writeMembers) => ReplayedEvents.Write(output, name, json =>
    {
        json.WriteString("type"u8, name);
        writeMembers(json);
    });
}

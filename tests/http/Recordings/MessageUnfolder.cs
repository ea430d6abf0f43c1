using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Takes a whole message of Anthropic's apart into its events.</summary>
internal static class MessageUnfolder
{
    public static byte[] Unfold(JsonObject whole) => Unfolding.Join(Events(whole).Select(Unfolding.Typed));

    private static IEnumerable<JsonObject> Events(JsonObject whole)
    {
        var start = whole.DeepClone().AsObject();
        start["content"] = new JsonArray();
        start["stop_reason"] = start["stop_sequence"] = null;
        yield return new JsonObject { ["type"] = "message_start", ["message"] = start };
        yield return new JsonObject { ["type"] = "ping" };
        var blocks = whole["content"]!.AsArray();
        for (var i = 0; i < blocks.Count; i++)
        {
            foreach (var told in Block(blocks[i]!.AsObject()))
            {
                told["index"] = i;
                yield return told;
            }
        }

        var end = new JsonObject { ["stop_reason"] = whole["stop_reason"]?.DeepClone(), ["stop_sequence"] = whole["stop_sequence"]?.DeepClone() };
        if (whole["stop_details"] is { } details)
        {
            end["stop_details"] = details.DeepClone();
        }

        yield return new JsonObject { ["type"] = "message_delta", ["delta"] = end, ["usage"] = whole["usage"]?.DeepClone() };
        yield return new JsonObject { ["type"] = "message_stop" };
    }

    private static IEnumerable<JsonObject> Block(JsonObject block)
    {
        var empty = block.DeepClone().AsObject();
        var deltas = new List<JsonObject>();
        switch ((string?)block["type"])
        {
            case "text":
                empty["text"] = "";
                deltas.AddRange(Deltas("text_delta", "text", (string)block["text"]!));
                break;
            case "thinking":
                empty["thinking"] = "";
                empty["signature"] = "";
                deltas.AddRange(Deltas("thinking_delta", "thinking", (string)block["thinking"]!));
                deltas.Add(new JsonObject { ["type"] = "signature_delta", ["signature"] = block["signature"]?.DeepClone() ?? "" });
                break;
            case "tool_use":
                empty["input"] = new JsonObject();
                deltas.AddRange(Deltas("input_json_delta", "partial_json", block["input"]!.ToJsonString()));
                break;
            default:
                // What Anthropic ran by itself comes whole.
                break;
        }

        yield return new JsonObject { ["type"] = "content_block_start", ["content_block"] = empty };
        foreach (var delta in deltas)
        {
            yield return new JsonObject { ["type"] = "content_block_delta", ["delta"] = delta };
        }

        yield return new JsonObject { ["type"] = "content_block_stop" };
    }

    private static IEnumerable<JsonObject> Deltas(string type, string member, string text) =>
        Unfolding.Pieces(text).Select(piece => new JsonObject { ["type"] = type, [member] = piece });
}

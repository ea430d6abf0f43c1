using System.Text;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Puts a stream of Anthropic's events together into the whole message, as its own clients do.</summary>
internal static class MessageFolder
{
    public static byte[] Fold(byte[] stream)
    {
        var message = new JsonObject();
        var blocks = new SortedDictionary<int, JsonObject>();
        var inputs = new Dictionary<int, StringBuilder>();
        foreach (var line in Encoding.UTF8.GetString(stream).Split('\n').Where(static line => line.StartsWith("data:", StringComparison.Ordinal)))
        {
            var told = JsonNode.Parse(line["data:".Length..])!.AsObject();
            var index = (int?)told["index"] ?? -1;
            switch ((string?)told["type"])
            {
                case "message_start":
                    message = told["message"]!.DeepClone().AsObject();
                    break;
                case "content_block_start":
                    blocks[index] = told["content_block"]!.DeepClone().AsObject();
                    break;
                case "content_block_delta":
                    TakeDelta(told["delta"]!.AsObject(), blocks[index], inputs.TryGetValue(index, out var input) ? input : inputs[index] = new StringBuilder());
                    break;
                case "message_delta":
                    Merge(message, told["delta"]!.AsObject());
                    Merge(message["usage"]!.AsObject(), told["usage"]!.AsObject());
                    break;
                default:
                    break;
            }
        }

        foreach (var (index, input) in inputs.Where(static pair => pair.Value.Length > 0))
        {
            blocks[index]["input"] = JsonNode.Parse(input.ToString());
        }

        message["content"] = new JsonArray([.. blocks.Values]);
        return Encoding.UTF8.GetBytes(message.ToJsonString());
    }

    private static void TakeDelta(JsonObject delta, JsonObject block, StringBuilder input)
    {
        switch ((string?)delta["type"])
        {
            case "text_delta":
                block["text"] = (string?)block["text"] + (string?)delta["text"];
                break;
            case "thinking_delta":
                block["thinking"] = (string?)block["thinking"] + (string?)delta["thinking"];
                break;
            case "input_json_delta":
                input.Append((string?)delta["partial_json"]);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes the members of one object over into another.</summary>
    internal static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            into[name] = value?.DeepClone();
        }
    }
}

using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Takes a whole answer of Ollama's apart into lines; calls come whole, each in a line of its own.</summary>
internal static class OllamaUnfolder
{
    public static byte[] Unfold(JsonObject whole) => Unfolding.Join(Lines(whole).Select(static line => Unfolding.Text(line) + "\n"));

    private static IEnumerable<JsonObject> Lines(JsonObject whole)
    {
        var head = new JsonObject { ["model"] = whole["model"]?.DeepClone(), ["created_at"] = whole["created_at"]?.DeepClone(), ["done"] = false };
        var message = whole["message"]!.AsObject();
        foreach (var name in (string[])["thinking", "content"])
        {
            foreach (var piece in (string?)message[name] is { Length: > 0 } text ? Unfolding.Pieces(text) : [])
            {
                yield return With(head, name, piece);
            }
        }

        foreach (var call in message["tool_calls"] as JsonArray ?? [])
        {
            yield return With(head, "tool_calls", new JsonArray(call!.DeepClone()));
        }

        var last = whole.DeepClone().AsObject();
        last["message"] = new JsonObject { ["role"] = "assistant", ["content"] = "" };
        yield return last;
    }

    private static JsonObject With(JsonObject head, string member, JsonNode value)
    {
        var line = head.DeepClone().AsObject();
        line["message"] = new JsonObject { ["role"] = "assistant", ["content"] = "" };
        line["message"]![member] = value;
        return line;
    }
}

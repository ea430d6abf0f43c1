using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Takes a whole answer of Chat Completions apart into chunks.</summary>
internal static class CompletionUnfolder
{
    public static byte[] Unfold(JsonObject whole) => Unfolding.Join([.. Chunks(whole).Select(static chunk => Unfolding.Event(null, chunk)), "data: [DONE]\n\n"]);

    private static IEnumerable<JsonObject> Chunks(JsonObject whole)
    {
        var head = Unfolding.Without(whole, "choices", "usage");
        head["object"] = "chat.completion.chunk";
        if (whole["choices"] is JsonArray { Count: > 0 } choices)
        {
            yield return Chunk(head, new JsonObject { ["role"] = "assistant", ["content"] = "" });
            foreach (var delta in Deltas(choices[0]!["message"]!.AsObject()))
            {
                yield return Chunk(head, delta);
            }

            yield return Chunk(head, [], choices[0]!["finish_reason"]?.DeepClone());
        }

        if (whole["usage"] is { } usage)
        {
            var last = head.DeepClone().AsObject();
            last["choices"] = new JsonArray();
            last["usage"] = usage.DeepClone();
            yield return last;
        }
    }

    private static IEnumerable<JsonObject> Deltas(JsonObject message)
    {
        foreach (var name in (string[])["reasoning_content", "reasoning", "content", "refusal"])
        {
            // Parts of content come as they are, text in pieces.
            IEnumerable<JsonNode> said = message[name] switch
            {
                JsonArray parts => parts.Select(static part => new JsonArray(part!.DeepClone())),
                JsonValue text => Unfolding.Pieces((string)text!).Select(static piece => (JsonNode)piece),
                _ => [],
            };
            foreach (var piece in said)
            {
                yield return new JsonObject { [name] = piece };
            }
        }

        var calls = message["tool_calls"] as JsonArray ?? [];
        for (var i = 0; i < calls.Count; i++)
        {
            foreach (var piece in Call(i, calls[i]!.AsObject()))
            {
                yield return new JsonObject { ["tool_calls"] = new JsonArray(piece) };
            }
        }
    }

    private static IEnumerable<JsonObject> Call(int index, JsonObject call)
    {
        var begun = call.DeepClone().AsObject();
        begun["index"] = index;
        begun["function"]!["arguments"] = "";
        yield return begun;
        foreach (var piece in Unfolding.Pieces((string)call["function"]!["arguments"]!))
        {
            yield return new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = piece } };
        }
    }

    private static JsonObject Chunk(JsonObject head, JsonObject delta, JsonNode? finish = null)
    {
        var chunk = head.DeepClone().AsObject();
        chunk["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish });
        return chunk;
    }
}

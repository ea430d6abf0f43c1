using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Takes a whole answer of Cohere's apart into its events.</summary>
internal static class CohereUnfolder
{
    public static byte[] Unfold(JsonObject whole) => Unfolding.Join([.. Events(whole).Select(Unfolding.Typed), "data: [DONE]\n\n"]);

    private static IEnumerable<JsonObject> Events(JsonObject whole)
    {
        var message = whole["message"]!.AsObject();
        var start = Event("message-start", -1, new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(), ["tool_plan"] = "", ["tool_calls"] = new JsonArray() });
        start["id"] = whole["id"]?.DeepClone();
        yield return start;
        foreach (var piece in (string?)message["tool_plan"] is { Length: > 0 } plan ? Unfolding.Pieces(plan) : [])
        {
            yield return Event("tool-plan-delta", -1, new JsonObject { ["tool_plan"] = piece });
        }

        var parts = Content(message["content"] as JsonArray ?? []).Concat(Calls(message["tool_calls"] as JsonArray ?? []));
        foreach (var told in parts)
        {
            yield return told;
        }

        yield return new JsonObject
        {
            ["type"] = "message-end",
            ["delta"] = new JsonObject { ["finish_reason"] = whole["finish_reason"]?.DeepClone(), ["usage"] = whole["usage"]?.DeepClone() },
        };
    }

    private static IEnumerable<JsonObject> Content(JsonArray blocks)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            var type = (string)blocks[i]!["type"]!;
            yield return Event("content-start", i, new JsonObject { ["content"] = new JsonObject { ["type"] = type, [type] = "" } });
            foreach (var piece in Unfolding.Pieces((string?)blocks[i]![type] ?? ""))
            {
                yield return Event("content-delta", i, new JsonObject { ["content"] = new JsonObject { [type] = piece } });
            }

            yield return new JsonObject { ["type"] = "content-end", ["index"] = i };
        }
    }

    private static IEnumerable<JsonObject> Calls(JsonArray calls)
    {
        for (var i = 0; i < calls.Count; i++)
        {
            var begun = calls[i]!.DeepClone().AsObject();
            begun["function"]!["arguments"] = "";
            yield return Event("tool-call-start", i, new JsonObject { ["tool_calls"] = begun });
            foreach (var piece in Unfolding.Pieces((string?)calls[i]!["function"]!["arguments"] ?? ""))
            {
                yield return Event("tool-call-delta", i, new JsonObject { ["tool_calls"] = new JsonObject { ["function"] = new JsonObject { ["arguments"] = piece } } });
            }

            yield return new JsonObject { ["type"] = "tool-call-end", ["index"] = i };
        }
    }

    private static JsonObject Event(string type, int index, JsonObject message)
    {
        var told = new JsonObject { ["type"] = type, ["delta"] = new JsonObject { ["message"] = message } };
        if (index >= 0)
        {
            told["index"] = index;
        }

        return told;
    }
}

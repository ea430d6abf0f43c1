using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Takes a whole response of OpenAI's apart into its numbered events.</summary>
internal static class ResponseUnfolder
{
    public static byte[] Unfold(JsonObject whole) => Unfolding.Join(Events(whole).Select(static (told, number) =>
    {
        told["sequence_number"] = number;
        return Unfolding.Typed(told);
    }));

    private static IEnumerable<JsonObject> Events(JsonObject whole)
    {
        var begun = whole.DeepClone().AsObject();
        begun["status"] = "in_progress";
        begun["output"] = new JsonArray();
        begun["usage"] = begun["incomplete_details"] = null;
        yield return new JsonObject { ["type"] = "response.created", ["response"] = begun };
        yield return new JsonObject { ["type"] = "response.in_progress", ["response"] = begun.DeepClone() };
        var items = whole["output"]!.AsArray();
        for (var i = 0; i < items.Count; i++)
        {
            foreach (var told in Item(items[i]!.AsObject()))
            {
                told["output_index"] = i;
                yield return told;
            }
        }

        yield return new JsonObject { ["type"] = "response." + (string)whole["status"]!, ["response"] = whole.DeepClone() };
    }

    private static IEnumerable<JsonObject> Item(JsonObject item)
    {
        var begun = item.DeepClone().AsObject();
        var list = begun["content"] is not null ? "content" : "summary";
        if (begun.ContainsKey("status"))
        {
            begun["status"] = "in_progress";
        }

        if (item["arguments"] is not null)
        {
            begun["arguments"] = "";
        }
        else
        {
            begun[list] = new JsonArray();
        }

        yield return new JsonObject { ["type"] = "response.output_item.added", ["item"] = begun };
        var inner = item["arguments"] is JsonValue arguments
            ? Text("response.function_call_arguments", "arguments", (string)arguments!)
            : (item[list] as JsonArray ?? []).SelectMany((part, index) => Part(list, index, part!.AsObject()));
        foreach (var told in inner)
        {
            told["item_id"] = item["id"]!.DeepClone();
            yield return told;
        }

        yield return new JsonObject { ["type"] = "response.output_item.done", ["item"] = item.DeepClone() };
    }

    private static IEnumerable<JsonObject> Part(string list, int index, JsonObject part)
    {
        var member = (string?)part["type"] == "refusal" ? "refusal" : "text";
        var (prefix, place) = list == "content" ? ("response.content_part", "content_index") : ("response.reasoning_summary_part", "summary_index");
        var empty = part.DeepClone().AsObject();
        empty[member] = "";
        var name = (string?)part["type"] switch
        {
            "refusal" => "response.refusal",
            "summary_text" => "response.reasoning_summary_text",
            "reasoning_text" => "response.reasoning_text",
            _ => "response.output_text",
        };
        IEnumerable<JsonObject> all =
        [
            new JsonObject { ["type"] = prefix + ".added", ["part"] = empty },
            .. Text(name, member, (string)part[member]!),
            new JsonObject { ["type"] = prefix + ".done", ["part"] = part.DeepClone() },
        ];
        foreach (var told in all)
        {
            told[place] = index;
            yield return told;
        }
    }

    private static IEnumerable<JsonObject> Text(string name, string member, string text) =>
        Unfolding.Pieces(text).Select(piece => new JsonObject { ["type"] = name + ".delta", ["delta"] = piece })
            .Append(new JsonObject { ["type"] = name + ".done", [member] = text });
}

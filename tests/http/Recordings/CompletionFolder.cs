using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Puts a stream of OpenAI's chunks together into the whole answer, as OpenAI's clients do.</summary>
internal static class CompletionFolder
{
    public static byte[] Fold(byte[] stream)
    {
        var text = System.Text.Encoding.UTF8.GetString(stream).ReplaceLineEndings("\n");
        var content = "";
        var thoughts = "";
        var refusal = "";
        string? finish = null;
        JsonNode? usage = null;
        var calls = new List<JsonObject>();
        foreach (var line in text.Split('\n').Where(static line => line.StartsWith("data:", StringComparison.Ordinal) && !line.EndsWith("[DONE]", StringComparison.Ordinal)))
        {
            var chunk = JsonNode.Parse(line["data:".Length..])!.AsObject();
            usage = chunk["usage"] as JsonObject ?? chunk["x_groq"]?["usage"] ?? usage;
            if (chunk["choices"] is not JsonArray { Count: > 0 } choices)
            {
                continue;
            }

            finish = (string?)choices[0]!["finish_reason"] ?? finish;
            if (choices[0]!["delta"] is JsonObject delta)
            {
                content += Text(delta["content"], "text");
                thoughts += Text(delta["reasoning_content"] ?? delta["reasoning"], "text") + Text(delta["content"], "thinking");
                refusal += (string?)delta["refusal"];
                Take(delta["tool_calls"] as JsonArray ?? [], calls);
            }
        }

        var message = new JsonObject { ["role"] = "assistant", ["content"] = content, ["reasoning_content"] = thoughts, ["refusal"] = refusal.Length > 0 ? refusal : null };
        if (calls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. calls]);
        }

        return System.Text.Encoding.UTF8.GetBytes(new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = finish }),
            ["usage"] = usage?.DeepClone(),
        }.ToJsonString());
    }

    // Some servers send content as parts: text, and thoughts that are parts again.
    private static string Text(JsonNode? content, string member) => content switch
    {
        JsonArray parts => string.Concat(parts.Select(part => part![member] is JsonArray inner ? Text(inner, "text") : (string?)part[member])),
        JsonValue when member == "text" => (string?)content ?? "",
        _ => "",
    };

    private static void Take(JsonArray pieces, List<JsonObject> calls)
    {
        foreach (var piece in pieces)
        {
            var index = (int?)piece!["index"] ?? calls.Count;
            if (index >= calls.Count)
            {
                calls.Add(piece.DeepClone().AsObject());
                continue;
            }

            var function = calls[index]["function"]!.AsObject();
            function["arguments"] = (string?)function["arguments"] + (string?)piece["function"]?["arguments"];
        }
    }
}

using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Takes a whole answer of Converse apart into ConverseStream's messages.</summary>
internal static class BedrockUnfolder
{
    public static byte[] Unfold(JsonObject whole) =>
        [.. Events(whole).SelectMany(static told => AmazonMessages.Event(told.Name, Unfolding.Text(told.Data)))];

    private static IEnumerable<(string Name, JsonObject Data)> Events(JsonObject whole)
    {
        yield return ("messageStart", new JsonObject { ["role"] = "assistant" });
        var blocks = whole["output"]?["message"]?["content"] as JsonArray ?? [];
        for (var i = 0; i < blocks.Count; i++)
        {
            foreach (var (name, data) in Block(blocks[i]!.AsObject()))
            {
                data["contentBlockIndex"] = i;
                yield return (name, data);
            }
        }

        yield return ("messageStop", Unfolding.Without(whole, "output", "usage", "metrics"));
        yield return ("metadata", new JsonObject { ["usage"] = whole["usage"]?.DeepClone(), ["metrics"] = whole["metrics"]?.DeepClone() });
    }

    private static IEnumerable<(string Name, JsonObject Data)> Block(JsonObject block)
    {
        if (block["toolUse"] is JsonObject call)
        {
            yield return ("contentBlockStart", new JsonObject { ["start"] = new JsonObject { ["toolUse"] = Unfolding.Without(call, "input") } });
        }

        foreach (var delta in Deltas(block))
        {
            yield return ("contentBlockDelta", new JsonObject { ["delta"] = delta });
        }

        yield return ("contentBlockStop", []);
    }

    private static IEnumerable<JsonObject> Deltas(JsonObject block)
    {
        if (block["toolUse"] is JsonObject call)
        {
            return Unfolding.Pieces(call["input"]!.ToJsonString()).Select(static piece => new JsonObject { ["toolUse"] = new JsonObject { ["input"] = piece } });
        }

        if (block["reasoningContent"] is JsonObject thought)
        {
            return Thought(thought).Select(static piece => new JsonObject { ["reasoningContent"] = piece });
        }

        // A stream tells the text that stands within citations like any other.
        var text = (string?)block["text"] ?? string.Concat((block["citationsContent"]?["content"] as JsonArray ?? []).Select(static part => (string?)part!["text"]));
        return text.Length == 0 ? [] : Unfolding.Pieces(text).Select(static piece => new JsonObject { ["text"] = piece });
    }

    private static IEnumerable<JsonObject> Thought(JsonObject thought)
    {
        if (thought["reasoningText"] is not JsonObject told)
        {
            return [thought.DeepClone().AsObject()];
        }

        var pieces = Unfolding.Pieces((string)told["text"]!).Select(static piece => new JsonObject { ["text"] = piece });
        return told["signature"] is { } signature ? pieces.Append(new JsonObject { ["signature"] = signature.DeepClone() }) : pieces;
    }
}

using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Takes a whole answer of Gemini's apart: an event for each piece of a part, and the last with the reason.</summary>
internal static class GeminiUnfolder
{
    public static byte[] Unfold(JsonObject whole) => Unfolding.Join(Events(whole).Select(static told => Unfolding.Event(null, told)));

    private static IEnumerable<JsonObject> Events(JsonObject whole)
    {
        if (whole["candidates"]?[0] is not JsonObject candidate)
        {
            yield return whole;
            yield break;
        }

        var head = Unfolding.Without(whole, "candidates", "usageMetadata");
        foreach (var piece in (candidate["content"]?["parts"] as JsonArray ?? []).SelectMany(static part => PiecesOf(part!.AsObject())))
        {
            yield return With(head, new JsonObject { ["content"] = Content(piece), ["index"] = 0 });
        }

        var last = With(head, Unfolding.Without(candidate, "content"));
        last["candidates"]![0]!["content"] = Content(new JsonObject { ["text"] = "" });
        last["usageMetadata"] = whole["usageMetadata"]?.DeepClone();
        yield return last;
    }

    private static IEnumerable<JsonObject> PiecesOf(JsonObject part)
    {
        if ((string?)part["text"] is not { } text)
        {
            return [part.DeepClone().AsObject()];
        }

        // A signature comes with the first piece that it is of.
        return Unfolding.Pieces(text).Select((piece, i) =>
        {
            var one = i == 0 ? part.DeepClone().AsObject() : Unfolding.Without(part, "thoughtSignature");
            one["text"] = piece;
            return one;
        });
    }

    private static JsonObject Content(JsonObject part) => new() { ["role"] = "model", ["parts"] = new JsonArray(part) };

    private static JsonObject With(JsonObject head, JsonObject candidate)
    {
        var told = head.DeepClone().AsObject();
        told["candidates"] = new JsonArray(candidate);
        return told;
    }
}

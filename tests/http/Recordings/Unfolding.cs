using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>What all streams that are made of whole answers have in common.</summary>
internal static class Unfolding
{
    private const int RunesOfAPiece = 7;

    // As providers do: characters above ASCII stand in the stream as they are.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text in pieces, at least one; no character is cut.</summary>
    public static IEnumerable<string> Pieces(string text) => text.Length == 0
        ? [""]
        : text.EnumerateRunes().Chunk(RunesOfAPiece).Select(static runes => string.Concat(runes.Select(static rune => rune.ToString())));

    /// <summary>A server-sent event.</summary>
    /// <param name="name">Its name; <see langword="null"/>: it has none.</param>
    /// <param name="data">Its data.</param>
    public static string Event(string? name, JsonNode data) => (name is null ? "" : $"event: {name}\n") + $"data: {Text(data)}\n\n";

    /// <summary>An event whose name is its type, as Anthropic, Cohere and OpenAI's Responses have them.</summary>
    public static string Typed(JsonObject data) => Event((string?)data["type"], data);

    public static string Text(JsonNode node) => node.ToJsonString(Relaxed);

    public static byte[] Join(IEnumerable<string> events) => Encoding.UTF8.GetBytes(string.Concat(events));

    /// <summary>The same object less some members.</summary>
    public static JsonObject Without(JsonObject from, params ReadOnlySpan<string> names)
    {
        var rest = from.DeepClone().AsObject();
        foreach (var name in names)
        {
            rest.Remove(name);
        }

        return rest;
    }
}

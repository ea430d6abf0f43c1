using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>What both dialects of the scripted upstream write alike.</summary>
internal static class ScriptedJson
{
    // As providers do: characters above ASCII stand in the stream as they are, so that they can be split.
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonNode node) => node.ToJsonString(Options);

    public static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(Text(node));

    /// <summary>The arguments the scripted model gives its n-th tool call.</summary>
    public static string Arguments(int index) => Text(new JsonObject { ["city"] = index == 0 ? "Paris" : "Zürich", ["index"] = index });

    /// <summary>The text of a stream in the pieces it is sent in.</summary>
    public static IEnumerable<string> Pieces(Behaviour behaviour)
    {
        if (behaviour.Events > 0)
        {
            return Enumerable.Range(1, behaviour.Events).Select(i => $"token {i} ");
        }

        var words = behaviour.Text.Split(' ');
        return words.Select((word, i) => i == 0 ? word : " " + word);
    }

    public static IEnumerable<string> Split(string text, int length) => text.Chunk(length).Select(piece => new string(piece));

    /// <summary>Lengthens the answer's text until the body has the wanted size.</summary>
    public static byte[] Padded(JsonNode answer, int bytes, Action<string> pad)
    {
        var body = Bytes(answer);
        if (bytes <= body.Length)
        {
            return body;
        }

        pad(new string('x', bytes - body.Length));
        return Bytes(answer);
    }
}

using System.Text;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Puts a stream of Gemini's events together into the whole answer.</summary>
internal static class GeminiFolder
{
    public static byte[] Fold(byte[] stream)
    {
        var answer = new JsonObject();
        var parts = new JsonArray();
        foreach (var line in Encoding.UTF8.GetString(stream).Split('\n').Where(static line => line.StartsWith("data:", StringComparison.Ordinal)))
        {
            var told = JsonNode.Parse(line["data:".Length..])!.AsObject();
            foreach (var part in told["candidates"]?[0]?["content"]?["parts"]?.AsArray() ?? [])
            {
                parts.Add(part!.DeepClone());
            }

            foreach (var (name, value) in told)
            {
                answer[name] = value!.DeepClone();
            }
        }

        if (answer["candidates"]?[0] is JsonObject last)
        {
            last["content"] = new JsonObject { ["role"] = "model", ["parts"] = parts };
        }

        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }
}

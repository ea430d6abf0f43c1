using System.Text;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Puts the lines of an Ollama stream together into the whole answer: its last line has all but the message.</summary>
internal static class OllamaFolder
{
    public static byte[] Fold(byte[] stream)
    {
        var answer = new JsonObject();
        var text = "";
        var thinking = "";
        var calls = new JsonArray();
        foreach (var line in Encoding.UTF8.GetString(stream).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            answer = JsonNode.Parse(line)!.AsObject();
            text += (string?)answer["message"]?["content"];
            thinking += (string?)answer["message"]?["thinking"];
            foreach (var call in answer["message"]?["tool_calls"] as JsonArray ?? [])
            {
                calls.Add(call!.DeepClone());
            }
        }

        answer["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text, ["thinking"] = thinking, ["tool_calls"] = calls };
        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }
}

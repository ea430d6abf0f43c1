using System.Text;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Puts a stream of Cohere's events together into the whole answer, as its own clients do.</summary>
internal static class CohereFolder
{
    public static byte[] Fold(byte[] stream)
    {
        var answer = new JsonObject();
        var content = new SortedDictionary<int, JsonObject>();
        var calls = new SortedDictionary<int, JsonObject>();
        var plan = "";
        foreach (var line in Encoding.UTF8.GetString(stream).Split('\n').Where(static line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            var told = JsonNode.Parse(line["data:".Length..])!.AsObject();
            var message = told["delta"]?["message"];
            var index = (int?)told["index"] ?? -1;
            switch ((string?)told["type"])
            {
                case "message-start":
                    answer["id"] = told["id"]?.DeepClone();
                    break;
                case "content-start":
                    content[index] = message!["content"]!.DeepClone().AsObject();
                    break;
                case "content-delta":
                    Append(content[index], message!["content"]!.AsObject());
                    break;
                case "tool-plan-delta":
                    plan += (string?)message!["tool_plan"];
                    break;
                case "tool-call-start":
                    calls[index] = message!["tool_calls"]!.DeepClone().AsObject();
                    break;
                case "tool-call-delta":
                    Append(calls[index]["function"]!.AsObject(), message!["tool_calls"]!["function"]!.AsObject());
                    break;
                case "message-end":
                    answer["finish_reason"] = told["delta"]!["finish_reason"]!.DeepClone();
                    answer["usage"] = told["delta"]!["usage"]?.DeepClone();
                    break;
                default:
                    break;
            }
        }

        answer["message"] = new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray([.. content.Values]), ["tool_calls"] = new JsonArray([.. calls.Values]), ["tool_plan"] = plan };
        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }

    private static void Append(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            into[name] = name == "type" ? value?.DeepClone() : (string?)into[name] + (string?)value;
        }
    }
}

using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>Ollama's own API, whose streams are lines.</summary>
internal sealed class OllamaWire : Wire
{
    public const string Model = "qwen3:8b";

    /// <inheritdoc/>
    public override string Api => "ollama";

    /// <inheritdoc/>
    public override string StreamType => "application/x-ndjson";

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallIds => ["call_o1", "call_o2"];

    /// <inheritdoc/>
    public override string? ThoughtsBack => Thought(null);

    /// <inheritdoc/>
    public override Tokens Tokens => Tokens.Told(read: true, written: false, thought: false);

    /// <inheritdoc/>
    public override Asked Read(RecordedRequest request, JsonObject body)
    {
        Expect("target", "/api/chat", request.Target);
        Expect("model", Model, (string?)body["model"]);
        var asked = new Asked { IsStreamed = (bool)body["stream"]! };
        ReadFunctions(body["tools"], asked);
        if (body["format"] is JsonObject schema)
        {
            asked.Schema(schema);
        }

        foreach (var message in Objects(body["messages"]))
        {
            ReadMessage(message, asked);
        }

        return asked;
    }

    /// <inheritdoc/>
    public override JsonObject Write(Reply reply)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = reply.Text };
        if (reply.Reasoning.Length > 0)
        {
            message["thinking"] = reply.Reasoning;
        }

        if (reply.Calls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. Calls(reply).Select(static JsonNode (told, index) => new JsonObject
            {
                ["id"] = told.Id,
                ["function"] = new JsonObject { ["index"] = index, ["name"] = told.Call.Name, ["arguments"] = JsonNode.Parse(told.Call.Arguments) },
            })]);
        }

        return new JsonObject
        {
            ["model"] = Model,
            ["created_at"] = "2026-08-04T19:22:45.499127Z",
            ["message"] = message,
            ["done"] = true,
            ["done_reason"] = reply.End switch
            {
                ReplyEnd.Length => "length",
                ReplyEnd.Filter => throw new InvalidOperationException("Ollama has no word for a filter."),
                _ => "stop",
            },
            ["prompt_eval_count"] = Tokens.Prompt,
            ["prompt_eval_cached_count"] = Tokens.CacheRead,
            ["eval_count"] = Tokens.Completion,
        };
    }

    /// <inheritdoc/>
    public override JsonObject Error(int status, string message) => new() { ["error"] = message };

    private static void ReadMessage(JsonObject message, Asked asked)
    {
        var text = (string)message["content"]!;
        switch ((string?)message["role"])
        {
            case "system":
                asked.Instruct(text);
                break;
            case "user":
                asked.User(text);
                foreach (var image in message["images"] as JsonArray ?? [])
                {
                    asked.Image(Script.ImageType, (string?)image);
                }

                break;
            case "assistant":
                asked.Assistant(text);
                if (message["thinking"] is { } thought)
                {
                    asked.Thought((string?)thought, null);
                }

                foreach (var call in Objects(message["tool_calls"]))
                {
                    asked.Call((string?)call["id"], (string?)call["function"]!["name"], call["function"]!["arguments"]!.AsObject());
                }

                break;
            case "tool":
                Expect("the function of a result", "True", Script.Tools.Any(tool => tool.Name == (string?)message["tool_name"]).ToString());
                asked.Result((string?)message["tool_call_id"], text);
                break;
            default:
                throw Unknown("message", message);
        }
    }
}

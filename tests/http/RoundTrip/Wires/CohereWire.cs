using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>The second version of Cohere's API.</summary>
internal sealed class CohereWire : Wire
{
    public const string Model = "command-a-reasoning-08-2025";

    /// <inheritdoc/>
    public override string Api => "cohere";

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallIds => ["weather_k3s9", "time_p0q1"];

    /// <inheritdoc/>
    public override string? ThoughtsBack => Thought(null);

    /// <inheritdoc/>
    public override Tokens Tokens => Tokens.Told(read: true, written: false, thought: true);

    /// <inheritdoc/>
    public override Asked Read(RecordedRequest request, JsonObject body)
    {
        Expect("target", "/v2/chat", request.Target);
        Expect("authorization", "Bearer " + RoundTripFixture.Key, request.Header("authorization"));
        Expect("model", Model, (string?)body["model"]);
        var asked = new Asked { IsStreamed = (bool?)body["stream"] ?? false };
        ReadFunctions(body["tools"], asked);
        if (body["response_format"] is { } format)
        {
            Expect("type of the format", "json_object", (string?)format["type"]);
            asked.Schema(format["json_schema"]);
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
        var message = new JsonObject { ["role"] = "assistant" };
        var content = new JsonArray();
        if (reply.Reasoning.Length > 0)
        {
            content.Add(new JsonObject { ["type"] = "thinking", ["thinking"] = reply.Reasoning });
        }

        if (reply.Calls.Count > 0)
        {
            message["tool_plan"] = reply.Text;
            message["tool_calls"] = FunctionCalls(reply);
        }
        else
        {
            content.Add(new JsonObject { ["type"] = "text", ["text"] = reply.Text });
        }

        message["content"] = content;
        return new JsonObject
        {
            ["id"] = "c1",
            ["message"] = message,
            ["finish_reason"] = reply.End switch
            {
                ReplyEnd.Stop => "COMPLETE",
                ReplyEnd.Length => "MAX_TOKENS",
                ReplyEnd.ToolCalls => "TOOL_CALL",
                _ => throw new InvalidOperationException("Cohere has no word for a filter."),
            },
            ["usage"] = new JsonObject
            {
                ["billed_units"] = new JsonObject { ["input_tokens"] = 2, ["output_tokens"] = 2 },
                ["tokens"] = new JsonObject { ["input_tokens"] = Tokens.Prompt, ["output_tokens"] = Tokens.Completion, ["reasoning_tokens"] = Tokens.Reasoning },
                ["cached_tokens"] = Tokens.CacheRead,
            },
        };
    }

    /// <inheritdoc/>
    public override JsonObject Error(int status, string message) => new() { ["id"] = "e1", ["message"] = message };

    private static void ReadMessage(JsonObject message, Asked asked)
    {
        switch ((string?)message["role"])
        {
            case "system":
                asked.Instruct((string?)message["content"]);
                break;
            case "user" when message["content"] is JsonValue text:
                asked.User((string?)text);
                break;
            case "user":
                foreach (var part in Objects(message["content"]))
                {
                    ReadPart(part, asked);
                }

                break;
            case "assistant":
                foreach (var block in Objects(message["content"]))
                {
                    asked.Thought((string)block["thinking"]!, null);
                }

                asked.Assistant((string?)message["tool_plan"]);
                ReadCalls(message["tool_calls"], asked);
                break;
            case "tool":
                asked.Result((string?)message["tool_call_id"], (string?)message["content"]);
                break;
            default:
                throw Unknown("message", message);
        }
    }

    private static void ReadPart(JsonObject part, Asked asked)
    {
        switch ((string?)part["type"])
        {
            case "text":
                asked.User((string?)part["text"]);
                break;
            case "image_url":
                asked.Image((string?)part["image_url"]!["url"]);
                break;
            default:
                throw Unknown("part", part);
        }
    }
}

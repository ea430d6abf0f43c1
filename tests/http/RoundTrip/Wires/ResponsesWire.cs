using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>OpenAI's Responses.</summary>
internal sealed class ResponsesWire : Wire
{
    public const string Model = "gpt-5";

    private const string Encrypted = "gAAAAABo-_x9.y==";

    /// <inheritdoc/>
    public override string Api => "openai-responses";

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallIds => ["call_r1", "call_r2"];

    /// <inheritdoc/>
    public override string? ThoughtsBack => Thought(Encrypted);

    /// <inheritdoc/>
    public override Tokens Tokens => Tokens.Told(read: true, written: false, thought: true);

    /// <inheritdoc/>
    public override Asked Read(RecordedRequest request, JsonObject body)
    {
        Expect("target", "/v1/responses", request.Target);
        Expect("authorization", "Bearer " + RoundTripFixture.Key, request.Header("authorization"));
        Expect("model", Model, (string?)body["model"]);
        var asked = new Asked { IsStreamed = (bool?)body["stream"] ?? false };
        asked.Instruct((string?)body["instructions"]);
        foreach (var tool in Objects(body["tools"]))
        {
            Expect("type of a tool", "function", (string?)tool["type"]);
            asked.Tool((string?)tool["name"], (string?)tool["description"], tool["parameters"]);
        }

        if (body["text"]?["format"] is { } format)
        {
            Expect("type of the format", "json_schema", (string?)format["type"]);
            asked.Schema(format["schema"]);
        }

        foreach (var item in Objects(body["input"]))
        {
            ReadItem(item, asked);
        }

        return asked;
    }

    /// <inheritdoc/>
    public override JsonObject Write(Reply reply)
    {
        var items = new JsonArray();
        if (reply.Reasoning.Length > 0)
        {
            items.Add(new JsonObject { ["id"] = "rs_1", ["type"] = "reasoning", ["summary"] = new JsonArray(new JsonObject { ["type"] = "summary_text", ["text"] = reply.Reasoning }), ["encrypted_content"] = Encrypted });
        }

        var isWhole = reply.End is ReplyEnd.Stop or ReplyEnd.ToolCalls;
        items.Add(new JsonObject
        {
            ["id"] = "msg_1",
            ["type"] = "message",
            ["status"] = isWhole ? "completed" : "incomplete",
            ["role"] = "assistant",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = reply.Text }),
        });
        foreach (var (id, call) in Calls(reply))
        {
            items.Add(new JsonObject { ["id"] = "fc_" + id, ["type"] = "function_call", ["status"] = "completed", ["call_id"] = id, ["name"] = call.Name, ["arguments"] = call.Arguments });
        }

        return new JsonObject
        {
            ["id"] = "resp_1",
            ["object"] = "response",
            ["created_at"] = 1_780_000_000,
            ["status"] = isWhole ? "completed" : "incomplete",
            ["error"] = null,
            ["incomplete_details"] = isWhole ? null : new JsonObject { ["reason"] = reply.End == ReplyEnd.Length ? "max_output_tokens" : "content_filter" },
            ["instructions"] = null,
            ["metadata"] = new JsonObject(),
            ["model"] = Model,
            ["output"] = items,
            ["parallel_tool_calls"] = true,
            ["temperature"] = 1,
            ["tool_choice"] = "auto",
            ["tools"] = new JsonArray(),
            ["top_p"] = 1,
            ["usage"] = new JsonObject
            {
                ["input_tokens"] = Tokens.Prompt,
                ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = Tokens.CacheRead },
                ["output_tokens"] = Tokens.Completion,
                ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Tokens.Reasoning },
                ["total_tokens"] = Tokens.Prompt + Tokens.Completion,
            },
        };
    }

    /// <inheritdoc/>
    public override JsonObject Error(int status, string message) => new()
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = "invalid_request_error", ["param"] = null, ["code"] = null },
    };

    private static void ReadItem(JsonObject item, Asked asked)
    {
        switch ((string?)item["type"] ?? "message")
        {
            case "message":
                ReadMessage(item, asked);
                break;
            case "reasoning":
                Expect("the item's id", "rs_1", (string?)item["id"]);
                asked.Thought(string.Concat(Objects(item["summary"]).Select(static part => (string?)part["text"])), (string?)item["encrypted_content"]);
                break;
            case "function_call":
                asked.Call((string?)item["call_id"], (string?)item["name"], JsonNode.Parse((string)item["arguments"]!));
                break;
            case "function_call_output":
                asked.Result((string?)item["call_id"], item["output"] is JsonArray parts ? string.Concat(Objects(parts).Select(static part => (string?)part["text"])) : (string?)item["output"]);
                break;
            default:
                throw Unknown("item", item);
        }
    }

    private static void ReadMessage(JsonObject message, Asked asked)
    {
        var role = (string?)message["role"];
        if (message["content"] is JsonValue text)
        {
            asked.Say(role, (string?)text);
            return;
        }

        foreach (var part in Objects(message["content"]))
        {
            switch ((string?)part["type"])
            {
                case "input_text" when role != "assistant":
                case "output_text" when role == "assistant":
                    asked.Say(role, (string?)part["text"]);
                    break;
                case "input_image":
                    asked.Image((string?)part["image_url"]);
                    break;
                default:
                    throw Unknown("part", part);
            }
        }
    }
}

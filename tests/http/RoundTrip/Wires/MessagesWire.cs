using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>Anthropic's Messages.</summary>
internal sealed class MessagesWire : Wire
{
    public const string Model = "claude-opus-4-6";

    private const string Signature = "c2lnbmVk+/=";

    /// <inheritdoc/>
    public override string Api => "anthropic";

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallIds => ["toolu_01A", "toolu_01B"];

    /// <inheritdoc/>
    public override string? ThoughtsBack => Thought(Signature);

    /// <inheritdoc/>
    public override Tokens Tokens => Tokens.Told(read: true, written: true, thought: true);

    /// <inheritdoc/>
    public override Asked Read(RecordedRequest request, JsonObject body)
    {
        Expect("path", "/v1/messages", request.Target.Split('?')[0]);
        Expect("x-api-key", RoundTripFixture.Key, request.Header("x-api-key"));
        Expect("a version", "True", (request.Header("anthropic-version") is not null).ToString());
        Expect("model", Model, (string?)body["model"]);
        Expect("a limit", "True", ((int)body["max_tokens"]! > 0).ToString());
        var asked = new Asked { IsStreamed = (bool?)body["stream"] ?? false };
        asked.Instruct(body["system"] is JsonArray blocks ? string.Concat(Objects(blocks).Select(static block => (string?)block["text"])) : (string?)body["system"]);
        foreach (var tool in Objects(body["tools"]))
        {
            asked.Tool((string?)tool["name"], (string?)tool["description"], tool["input_schema"]);
        }

        if (body["output_config"]?["format"] is { } format)
        {
            Expect("type of the format", "json_schema", (string?)format["type"]);
            asked.Schema(format["schema"]);
        }

        var last = "";
        foreach (var message in Objects(body["messages"]))
        {
            Expect("turns that follow each other", "True", ((string?)message["role"] != last).ToString());
            last = (string?)message["role"] ?? "";
            ReadTurn(last, message["content"], asked);
        }

        return asked;
    }

    /// <inheritdoc/>
    public override JsonObject Write(Reply reply)
    {
        var content = new JsonArray();
        if (reply.Reasoning.Length > 0)
        {
            content.Add(new JsonObject { ["type"] = "thinking", ["thinking"] = reply.Reasoning, ["signature"] = Signature });
        }

        content.Add(new JsonObject { ["type"] = "text", ["text"] = reply.Text });
        foreach (var (id, call) in Calls(reply))
        {
            content.Add(new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = id,
                ["name"] = call.Name,
                ["input"] = JsonNode.Parse(call.Arguments),
                ["caller"] = new JsonObject { ["type"] = "direct" },
            });
        }

        return new JsonObject
        {
            ["id"] = "msg_1",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = Model,
            ["content"] = content,
            ["stop_reason"] = reply.End switch
            {
                ReplyEnd.Length => "max_tokens",
                ReplyEnd.ToolCalls => "tool_use",
                ReplyEnd.Filter => "refusal",
                _ => "end_turn",
            },
            ["stop_sequence"] = null,
            ["usage"] = new JsonObject
            {
                ["input_tokens"] = Tokens.Uncached,
                ["cache_read_input_tokens"] = Tokens.Read,
                ["cache_creation_input_tokens"] = Tokens.Written,
                ["output_tokens"] = Tokens.Completion,
                ["output_tokens_details"] = new JsonObject { ["thinking_tokens"] = Tokens.Reasoning },
            },
        };
    }

    /// <inheritdoc/>
    public override JsonObject Error(int status, string message) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = status == 429 ? "rate_limit_error" : "invalid_request_error", ["message"] = message },
        ["request_id"] = "req_1",
    };

    private static void ReadTurn(string role, JsonNode? content, Asked asked)
    {
        if (content is JsonValue)
        {
            asked.Say(role, (string?)content);
            return;
        }

        foreach (var block in Objects(content))
        {
            switch ((string?)block["type"], role)
            {
                case ("text", _):
                    asked.Say(role, (string?)block["text"]);
                    break;
                case ("image", "user"):
                    Expect("type of the image's source", "base64", (string?)block["source"]!["type"]);
                    asked.Image((string?)block["source"]!["media_type"], (string?)block["source"]!["data"]);
                    break;
                case ("thinking", "assistant"):
                    asked.Thought((string?)block["thinking"], (string?)block["signature"]);
                    break;
                case ("tool_use", "assistant"):
                    asked.Call((string?)block["id"], (string?)block["name"], block["input"]);
                    break;
                case ("tool_result", "user"):
                    var text = block["content"] is JsonArray parts ? string.Concat(Objects(parts).Select(static part => (string?)part["text"])) : (string?)block["content"];
                    asked.Result((string?)block["tool_use_id"], text);
                    break;
                default:
                    throw Unknown("block", block);
            }
        }
    }
}

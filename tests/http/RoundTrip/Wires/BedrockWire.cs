using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>Amazon's Converse.</summary>
internal sealed class BedrockWire : Wire
{
    public const string Model = "us.anthropic.claude-opus-4-6-v1";

    private const string Signature = "c2lnbmVk+/=";

    /// <inheritdoc/>
    public override string Api => "bedrock";

    /// <inheritdoc/>
    public override string StreamType => "application/vnd.amazon.eventstream";

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallIds => ["tooluse_a-1", "tooluse_b-2"];

    /// <inheritdoc/>
    public override string? ThoughtsBack => Thought(Signature);

    /// <inheritdoc/>
    public override Tokens Tokens => Tokens.Told(read: true, written: true, thought: false);

    /// <inheritdoc/>
    public override Asked Read(RecordedRequest request, JsonObject body)
    {
        Expect("authorization", "Bearer " + RoundTripFixture.Key, request.Header("authorization"));
        var isStreamed = request.Target.EndsWith("-stream", StringComparison.Ordinal);
        Expect("target", $"/model/{Uri.EscapeDataString(Model)}/converse{(isStreamed ? "-stream" : "")}", request.Target);
        var asked = new Asked { IsStreamed = isStreamed };
        asked.Instruct(string.Concat(Objects(body["system"]).Select(static block => (string?)block["text"])));
        foreach (var tool in Objects(body["toolConfig"]?["tools"]).Select(static tool => tool["toolSpec"]!))
        {
            asked.Tool((string?)tool["name"], (string?)tool["description"], tool["inputSchema"]!["json"]);
        }

        if (body["outputConfig"]?["textFormat"] is { } format)
        {
            Expect("type of the format", "json_schema", (string?)format["type"]);
            asked.Schema(JsonNode.Parse((string)format["structure"]!["jsonSchema"]!["schema"]!));
        }

        foreach (var turn in Objects(body["messages"]))
        {
            foreach (var block in Objects(turn["content"]))
            {
                ReadBlock((string?)turn["role"], block, asked);
            }
        }

        return asked;
    }

    /// <inheritdoc/>
    public override JsonObject Write(Reply reply)
    {
        var content = new JsonArray();
        if (reply.Reasoning.Length > 0)
        {
            content.Add(new JsonObject { ["reasoningContent"] = new JsonObject { ["reasoningText"] = new JsonObject { ["text"] = reply.Reasoning, ["signature"] = Signature } } });
        }

        content.Add(new JsonObject { ["text"] = reply.Text });
        foreach (var (id, call) in Calls(reply))
        {
            content.Add(new JsonObject { ["toolUse"] = new JsonObject { ["toolUseId"] = id, ["name"] = call.Name, ["input"] = JsonNode.Parse(call.Arguments) } });
        }

        return new JsonObject
        {
            ["output"] = new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content } },
            ["stopReason"] = reply.End switch
            {
                ReplyEnd.Length => "max_tokens",
                ReplyEnd.ToolCalls => "tool_use",
                ReplyEnd.Filter => "content_filtered",
                _ => "end_turn",
            },
            ["usage"] = new JsonObject
            {
                ["inputTokens"] = Tokens.Uncached,
                ["cacheReadInputTokens"] = Tokens.Read,
                ["cacheWriteInputTokens"] = Tokens.Written,
                ["outputTokens"] = Tokens.Completion,
                ["totalTokens"] = Tokens.Prompt + Tokens.Completion,
            },
            ["metrics"] = new JsonObject { ["latencyMs"] = 12 },
        };
    }

    /// <inheritdoc/>
    public override JsonObject Error(int status, string message) => new()
    {
        ["__type"] = status == 429 ? "ThrottlingException" : "ValidationException",
        ["message"] = message,
    };

    private static void ReadBlock(string? role, JsonObject block, Asked asked)
    {
        if (block["text"] is { } text)
        {
            asked.Say(role, (string?)text);
        }
        else if (block["image"] is { } image && role == "user")
        {
            asked.Image($"image/{image["format"]}", (string?)image["source"]!["bytes"]);
        }
        else if (block["reasoningContent"]?["reasoningText"] is { } thought && role == "assistant")
        {
            asked.Thought((string?)thought["text"], (string?)thought["signature"]);
        }
        else if (block["toolUse"] is { } call && role == "assistant")
        {
            asked.Call((string?)call["toolUseId"], (string?)call["name"], call["input"]);
        }
        else if (block["toolResult"] is { } result && role == "user")
        {
            asked.Result((string?)result["toolUseId"], string.Concat(Objects(result["content"]).Select(static part => (string?)part["text"])));
        }
        else
        {
            throw Unknown($"block of '{role}'", block);
        }
    }
}

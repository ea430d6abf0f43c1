using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>OpenAI's Chat Completions, and servers that speak it in their own way.</summary>
/// <param name="style">What sets the server apart.</param>
internal sealed class ChatWire(ChatStyle style) : Wire
{
    /// <inheritdoc/>
    public override string Api => "openai";

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallIds => style.CallIds;

    /// <inheritdoc/>
    public override string? ThoughtsBack => style.WantsThoughtsBack ? Thought(null) : null;

    /// <inheritdoc/>
    public override Tokens Tokens => Tokens.Told(read: style.TellsDetails, written: false, thought: style.TellsDetails);

    /// <inheritdoc/>
    public override Asked Read(RecordedRequest request, JsonObject body)
    {
        Expect("target", "/v1/chat/completions", request.Target);
        Expect("authorization", "Bearer " + RoundTripFixture.Key, request.Header("authorization"));
        Expect("model", style.Model, (string?)body["model"]);
        if (!style.TakesStreamOptions)
        {
            Expect("stream_options", null, body["stream_options"]?.ToJsonString());
        }

        var asked = new Asked { IsStreamed = (bool?)body["stream"] ?? false };
        ReadFunctions(body["tools"], asked);
        if (body["response_format"] is { } format)
        {
            Expect("type of the format", "json_schema", (string?)format["type"]);
            asked.Schema(format["json_schema"]!["schema"]);
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
            Think(message, reply);
        }

        if (reply.Calls.Count > 0)
        {
            message["tool_calls"] = FunctionCalls(reply);
        }

        var finish = reply.End switch
        {
            ReplyEnd.Length => "length",
            ReplyEnd.ToolCalls => "tool_calls",
            ReplyEnd.Filter => "content_filter",
            _ => "stop",
        };
        return new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion",
            ["created"] = 1_780_000_000,
            ["model"] = style.Model,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = finish }),
            ["usage"] = Usage(),
        };
    }

    /// <inheritdoc/>
    public override JsonObject Error(int status, string message) => new()
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = "invalid_request_error", ["param"] = null, ["code"] = null },
    };

    private static void ReadMessage(JsonObject message, Asked asked)
    {
        switch ((string?)message["role"])
        {
            case "system" or "developer":
                asked.Instruct(TextOf(message["content"]));
                break;
            case "user":
                ReadUser(message["content"], asked);
                break;
            case "assistant":
                asked.Assistant(message["content"] is null ? null : TextOf(message["content"]));
                if (message["reasoning_content"] is { } thought)
                {
                    asked.Thought((string?)thought, null);
                }

                ReadCalls(message["tool_calls"], asked);
                break;
            case "tool":
                asked.Result((string?)message["tool_call_id"], TextOf(message["content"]));
                break;
            default:
                throw Unknown("message", message);
        }
    }

    private static void ReadUser(JsonNode? content, Asked asked)
    {
        if (content is JsonValue)
        {
            asked.User((string?)content);
            return;
        }

        foreach (var part in Objects(content))
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

    private static string TextOf(JsonNode? content) => content switch
    {
        JsonValue => (string)content!,
        JsonArray => string.Concat(Objects(content).Select(static part => (string?)part["text"] ?? throw Unknown("part", part))),
        _ => throw Unknown("content", content),
    };

    // Most servers have a member of their own for thoughts, Mistral's are parts of the content.
    private void Think(JsonObject message, Reply reply)
    {
        if (!style.ThinksInContent)
        {
            message["reasoning_content"] = reply.Reasoning;
            return;
        }

        message["content"] = new JsonArray(
            new JsonObject { ["type"] = "thinking", ["thinking"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = reply.Reasoning }) },
            new JsonObject { ["type"] = "text", ["text"] = reply.Text });
    }

    private JsonObject Usage()
    {
        var usage = new JsonObject
        {
            ["prompt_tokens"] = Tokens.Prompt,
            ["completion_tokens"] = Tokens.Completion,
            ["total_tokens"] = Tokens.Prompt + Tokens.Completion,
        };
        if (style.TellsDetails)
        {
            usage["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Tokens.CacheRead, ["audio_tokens"] = 0 };
            usage["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Tokens.Reasoning, ["audio_tokens"] = 0 };
        }

        return usage;
    }
}

/// <summary>What sets one server that speaks Chat Completions apart from another.</summary>
internal sealed record ChatStyle(string Model)
{
    public IReadOnlyList<string> CallIds { get; init; } = ["call_1aZ-x", "call_2bY_w"];

    /// <summary>Whether it takes <c>stream_options</c>.</summary>
    public bool TakesStreamOptions { get; init; } = true;

    /// <summary>Whether thoughts are parts of the content.</summary>
    public bool ThinksInContent { get; init; }

    /// <summary>Whether it refuses results of calls without the thoughts before them.</summary>
    public bool WantsThoughtsBack { get; init; }

    /// <summary>Whether it tells what was cached and thought.</summary>
    public bool TellsDetails { get; init; } = true;
}

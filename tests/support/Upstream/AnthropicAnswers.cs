using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>Answers as Anthropic's Messages API gives them.</summary>
internal static class AnthropicAnswers
{
    private const string Id = "msg_scripted";

    public static ScriptedAnswer Message(ParsedRequest request, Behaviour behaviour)
    {
        var tools = OpenAiAnswers.ToolNames(request);
        return request.Stream
            ? ScriptedAnswer.Stream([.. Events(request, behaviour, tools)])
            : ScriptedAnswer.Whole(Whole(request, behaviour, tools));
    }

    public static ScriptedAnswer Models() => ScriptedAnswer.Whole("""
        {"data":[{"type":"model","id":"claude-sonnet-4-5","display_name":"Claude","created_at":"2025-09-29T00:00:00Z"}],"has_more":false,"first_id":"claude-sonnet-4-5","last_id":"claude-sonnet-4-5"}
        """u8.ToArray());

    public static ScriptedAnswer Count(Behaviour behaviour) =>
        ScriptedAnswer.Whole(ScriptedJson.Bytes(new JsonObject { ["input_tokens"] = behaviour.PromptTokens }));

    public static string Error(int status) => ScriptedJson.Text(new JsonObject
    {
        ["type"] = "error",
        ["error"] = new JsonObject
        {
            ["type"] = status switch
            {
                400 => "invalid_request_error",
                401 => "authentication_error",
                403 => "permission_error",
                404 => "not_found_error",
                429 => "rate_limit_error",
                529 => "overloaded_error",
                _ => "api_error",
            },
            ["message"] = $"Scripted failure {status}",
        },
        ["request_id"] = "req_scripted",
    });

    private static byte[] Whole(ParsedRequest request, Behaviour behaviour, IReadOnlyList<string> tools)
    {
        var text = new JsonObject { ["type"] = "text", ["text"] = behaviour.Text };
        var content = tools.Count == 0
            ? new JsonArray(text)
            : new JsonArray([.. tools.Select((name, i) => ToolUse(name, i, JsonNode.Parse(ScriptedJson.Arguments(i))!))]);
        var whole = Envelope(request, content, tools.Count > 0 ? "tool_use" : "end_turn");
        whole["usage"] = Usage(behaviour, behaviour.CompletionTokens);
        return ScriptedJson.Padded(whole, behaviour.AnswerBytes, pad => text["text"] = behaviour.Text + pad);
    }

    private static IEnumerable<ScriptedEvent> Events(ParsedRequest request, Behaviour behaviour, IReadOnlyList<string> tools)
    {
        var start = Envelope(request, [], null);
        start["usage"] = Usage(behaviour, 1);
        yield return Event("message_start", new JsonObject { ["message"] = start });
        if (tools.Count == 0)
        {
            yield return Event("content_block_start", Block(0, new JsonObject { ["type"] = "text", ["text"] = "" }));
            yield return Event("ping", []);
            foreach (var piece in ScriptedJson.Pieces(behaviour))
            {
                yield return Event("content_block_delta", Delta(0, new JsonObject { ["type"] = "text_delta", ["text"] = piece }), content: true);
            }

            yield return Event("content_block_stop", new JsonObject { ["index"] = 0 });
        }

        for (var i = 0; i < tools.Count; i++)
        {
            yield return Event("content_block_start", Block(i, ToolUse(tools[i], i, new JsonObject())), content: true);
            foreach (var piece in ScriptedJson.Split(ScriptedJson.Arguments(i), 5))
            {
                yield return Event("content_block_delta", Delta(i, new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece }), content: true);
            }

            yield return Event("content_block_stop", new JsonObject { ["index"] = i });
        }

        yield return Event("message_delta", new JsonObject
        {
            ["delta"] = new JsonObject { ["stop_reason"] = tools.Count > 0 ? "tool_use" : "end_turn", ["stop_sequence"] = null },
            ["usage"] = new JsonObject { ["output_tokens"] = behaviour.CompletionTokens },
        });
        if (!behaviour.OmitEnd)
        {
            yield return Event("message_stop", []);
        }
    }

    private static JsonObject Envelope(ParsedRequest request, JsonArray content, string? stop) => new()
    {
        ["id"] = Id,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = request.Model,
        ["content"] = content,
        ["stop_reason"] = stop,
        ["stop_sequence"] = null,
    };

    private static ScriptedEvent Event(string name, JsonObject data, bool content = false)
    {
        data.Insert(0, "type", name);
        return new ScriptedEvent(name, ScriptedJson.Text(data), content);
    }

    private static JsonObject Block(int index, JsonObject block) => new() { ["index"] = index, ["content_block"] = block };

    private static JsonObject Delta(int index, JsonObject delta) => new() { ["index"] = index, ["delta"] = delta };

    private static JsonObject ToolUse(string name, int index, JsonNode input) =>
        new() { ["type"] = "tool_use", ["id"] = $"toolu_scripted_{index}", ["name"] = name, ["input"] = input, ["caller"] = new JsonObject { ["type"] = "direct" } };

    private static JsonObject Usage(Behaviour behaviour, int output) => new()
    {
        ["input_tokens"] = behaviour.PromptTokens,
        ["cache_creation_input_tokens"] = 0,
        ["cache_read_input_tokens"] = behaviour.CachedTokens,
        ["output_tokens"] = output,
    };
}

using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>Answers as OpenAI gives them.</summary>
internal static class OpenAiAnswers
{
    private const string Id = "chatcmpl-scripted";
    private const long Created = 1_700_000_000;

    public static ScriptedAnswer Chat(ParsedRequest request, Behaviour behaviour)
    {
        var tools = ToolNames(request);
        return request.Stream
            ? ScriptedAnswer.Stream([.. ChatEvents(request, behaviour, tools)])
            : ScriptedAnswer.Whole(WholeChat(request, behaviour, tools));
    }

    public static ScriptedAnswer Completion(ParsedRequest request, Behaviour behaviour)
    {
        if (!request.Stream)
        {
            var whole = Envelope(request, "text_completion", TextChoice(behaviour.Text, "stop"));
            whole["usage"] = behaviour.OmitUsage ? null : Usage(behaviour);
            return ScriptedAnswer.Whole(ScriptedJson.Bytes(whole));
        }

        var events = ScriptedJson.Pieces(behaviour)
            .Select(piece => Event(Envelope(request, "text_completion", TextChoice(piece, null)), content: true))
            .Append(Event(Envelope(request, "text_completion", TextChoice("", "stop"))));
        return ScriptedAnswer.Stream([.. events, .. Tail(request, behaviour, "text_completion")]);
    }

    public static ScriptedAnswer Embeddings(ParsedRequest request, Behaviour behaviour)
    {
        var root = request.Json();
        var count = root?.TryGetProperty("input", out var input) == true && input.ValueKind == JsonValueKind.Array && !IsTokens(input) ? input.GetArrayLength() : 1;
        var base64 = root?.TryGetProperty("encoding_format", out var format) == true && format.GetString() == "base64";
        var data = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            float[] vector = [i, 0.5f, -0.25f, 0.125f];
            JsonNode embedding = base64
                ? Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector))
                : new JsonArray([.. vector.Select(value => JsonValue.Create(value))]);
            data.Add(new JsonObject { ["object"] = "embedding", ["index"] = i, ["embedding"] = embedding });
        }

        return ScriptedAnswer.Whole(ScriptedJson.Bytes(new JsonObject
        {
            ["object"] = "list",
            ["data"] = data,
            ["model"] = request.Model,
            ["usage"] = new JsonObject { ["prompt_tokens"] = behaviour.PromptTokens, ["total_tokens"] = behaviour.PromptTokens },
        }));
    }

    public static ScriptedAnswer Models() => ScriptedAnswer.Whole("""
        {"object":"list","data":[{"id":"gpt-4o","object":"model","created":1700000000,"owned_by":"scripted"}]}
        """u8.ToArray());

    public static string Error(int status) => ScriptedJson.Text(new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["message"] = $"Scripted failure {status}",
            ["type"] = status switch { 401 or 400 or 404 => "invalid_request_error", 429 => "rate_limit_error", _ => "server_error" },
            ["param"] = null,
            ["code"] = status switch { 401 => "invalid_api_key", 404 => "model_not_found", 429 => "rate_limit_exceeded", _ => "scripted" },
        },
    });

    /// <summary>The tools a request offers and wants called: none once their results are in the conversation.</summary>
    public static IReadOnlyList<string> ToolNames(ParsedRequest request)
    {
        if (request.Json() is not { } root || !root.TryGetProperty("tools", out var tools) || tools.ValueKind != JsonValueKind.Array || HasToolResult(root))
        {
            return [];
        }

        return [.. tools.EnumerateArray()
            .Select(static tool => tool.TryGetProperty("function", out var function) ? function : tool)
            .Where(static tool => tool.TryGetProperty("name", out _))
            .Select(static tool => tool.GetProperty("name").GetString()!)];
    }

    private static bool HasToolResult(JsonElement root) =>
        (root.TryGetProperty("input", out var input) && input.ToString().Contains("\"function_call_output\"", StringComparison.Ordinal))
        || root.TryGetProperty("messages", out var messages)
        && messages.EnumerateArray().Any(message => message.GetProperty("role").GetString() == "tool" || message.ToString().Contains("\"tool_result\"", StringComparison.Ordinal));

    private static bool IsTokens(JsonElement input) => input.GetArrayLength() > 0 && input[0].ValueKind == JsonValueKind.Number;

    private static byte[] WholeChat(ParsedRequest request, Behaviour behaviour, IReadOnlyList<string> tools)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = tools.Count > 0 ? null : behaviour.Text };
        if (tools.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. tools.Select((name, i) => ToolCall(name, i, ScriptedJson.Arguments(i)))]);
        }

        var choice = new JsonObject { ["index"] = 0, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = tools.Count > 0 ? "tool_calls" : "stop" };
        var whole = Envelope(request, "chat.completion", choice);
        if (!behaviour.OmitUsage)
        {
            whole["usage"] = Usage(behaviour);
        }

        return ScriptedJson.Padded(whole, behaviour.AnswerBytes, text => message["content"] = behaviour.Text + text);
    }

    private static IEnumerable<ScriptedEvent> ChatEvents(ParsedRequest request, Behaviour behaviour, IReadOnlyList<string> tools)
    {
        const string Kind = "chat.completion.chunk";
        yield return Event(Envelope(request, Kind, Delta(new JsonObject { ["role"] = "assistant", ["content"] = tools.Count > 0 ? null : "" })));
        for (var i = 0; i < tools.Count; i++)
        {
            yield return Event(Envelope(request, Kind, Delta(new JsonObject { ["tool_calls"] = new JsonArray(ToolCall(tools[i], i, "", indexed: true)) })), content: true);
            foreach (var piece in ScriptedJson.Split(ScriptedJson.Arguments(i), 5))
            {
                var call = new JsonObject { ["index"] = i, ["function"] = new JsonObject { ["arguments"] = piece } };
                yield return Event(Envelope(request, Kind, Delta(new JsonObject { ["tool_calls"] = new JsonArray(call) })), content: true);
            }
        }

        foreach (var piece in tools.Count > 0 ? [] : ScriptedJson.Pieces(behaviour))
        {
            yield return Event(Envelope(request, Kind, Delta(new JsonObject { ["content"] = piece })), content: true);
        }

        yield return Event(Envelope(request, Kind, Delta([], tools.Count > 0 ? "tool_calls" : "stop")));
        foreach (var last in Tail(request, behaviour, Kind))
        {
            yield return last;
        }
    }

    private static IEnumerable<ScriptedEvent> Tail(ParsedRequest request, Behaviour behaviour, string kind)
    {
        if (request.WantsUsage && !behaviour.OmitUsage)
        {
            var usage = Envelope(request, kind, choice: null);
            usage["usage"] = Usage(behaviour);
            yield return Event(usage);
        }

        if (!behaviour.OmitEnd)
        {
            yield return new ScriptedEvent(null, "[DONE]");
        }
    }

    private static JsonObject Envelope(ParsedRequest request, string kind, JsonObject? choice)
    {
        var envelope = new JsonObject
        {
            ["id"] = Id,
            ["object"] = kind,
            ["created"] = Created,
            ["model"] = request.Model,
            ["system_fingerprint"] = "fp_scripted",
            ["choices"] = choice is null ? [] : new JsonArray(choice),
        };
        if (request.Stream && request.WantsUsage)
        {
            envelope["usage"] = null;
        }

        return envelope;
    }

    private static ScriptedEvent Event(JsonObject data, bool content = false) => new(null, ScriptedJson.Text(data), content);

    private static JsonObject Delta(JsonObject delta, string? finish = null) =>
        new() { ["index"] = 0, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finish };

    private static JsonObject TextChoice(string text, string? finish) =>
        new() { ["text"] = text, ["index"] = 0, ["logprobs"] = null, ["finish_reason"] = finish };

    private static JsonObject ToolCall(string name, int index, string arguments, bool indexed = false)
    {
        var call = new JsonObject();
        if (indexed)
        {
            call["index"] = index;
        }

        call["id"] = $"call_scripted_{index}";
        call["type"] = "function";
        call["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments };
        return call;
    }

    private static JsonObject Usage(Behaviour behaviour) => new()
    {
        ["prompt_tokens"] = behaviour.PromptTokens,
        ["completion_tokens"] = behaviour.CompletionTokens,
        ["total_tokens"] = behaviour.PromptTokens + behaviour.CompletionTokens,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = behaviour.CachedTokens },
    };
}

using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>Answers as OpenAI's Responses API gives them.</summary>
internal static class ResponsesAnswers
{
    public static ScriptedAnswer Response(ParsedRequest request, Behaviour behaviour)
    {
        var tools = OpenAiAnswers.ToolNames(request);
        var items = tools.Count == 0 ? [Message(behaviour.Text, "completed")] : tools.Select(Call).ToList();
        return request.Stream
            ? ScriptedAnswer.Stream([.. Events(request, behaviour, items).Select(Number)])
            : ScriptedAnswer.Whole(ScriptedJson.Bytes(Envelope(request, behaviour, "completed", items)));
    }

    private static IEnumerable<JsonObject> Events(ParsedRequest request, Behaviour behaviour, List<JsonObject> items)
    {
        yield return new() { ["type"] = "response.created", ["response"] = Envelope(request, behaviour, "in_progress", []) };
        yield return new() { ["type"] = "response.in_progress", ["response"] = Envelope(request, behaviour, "in_progress", []) };
        for (var i = 0; i < items.Count; i++)
        {
            foreach (var scripted in (string?)items[i]["type"] == "message" ? MessageEvents(behaviour, items[i], i) : CallEvents(items[i], i))
            {
                yield return scripted;
            }
        }

        if (!behaviour.OmitEnd)
        {
            yield return new() { ["type"] = "response.completed", ["response"] = Envelope(request, behaviour, "completed", items) };
        }
    }

    private static IEnumerable<JsonObject> MessageEvents(Behaviour behaviour, JsonObject item, int index)
    {
        var begun = Message("", "in_progress");
        begun["content"] = new JsonArray();
        yield return new() { ["type"] = "response.output_item.added", ["output_index"] = index, ["item"] = begun };
        yield return At(new() { ["type"] = "response.content_part.added", ["part"] = Part("") }, item, index, content: true);
        foreach (var piece in ScriptedJson.Pieces(behaviour))
        {
            yield return At(new() { ["type"] = "response.output_text.delta", ["delta"] = piece, ["logprobs"] = new JsonArray() }, item, index, content: true);
        }

        yield return At(new() { ["type"] = "response.output_text.done", ["text"] = behaviour.Text, ["logprobs"] = new JsonArray() }, item, index, content: true);
        yield return At(new() { ["type"] = "response.content_part.done", ["part"] = Part(behaviour.Text) }, item, index, content: true);
        yield return new() { ["type"] = "response.output_item.done", ["output_index"] = index, ["item"] = item.DeepClone() };
    }

    private static IEnumerable<JsonObject> CallEvents(JsonObject item, int index)
    {
        var begun = item.DeepClone().AsObject();
        begun["arguments"] = "";
        begun["status"] = "in_progress";
        yield return new() { ["type"] = "response.output_item.added", ["output_index"] = index, ["item"] = begun };
        var arguments = (string)item["arguments"]!;
        foreach (var piece in ScriptedJson.Split(arguments, 5))
        {
            yield return At(new() { ["type"] = "response.function_call_arguments.delta", ["delta"] = piece }, item, index, content: false);
        }

        yield return At(new() { ["type"] = "response.function_call_arguments.done", ["arguments"] = arguments }, item, index, content: false);
        yield return new() { ["type"] = "response.output_item.done", ["output_index"] = index, ["item"] = item.DeepClone() };
    }

    private static ScriptedEvent Number(JsonObject data, int number)
    {
        data["sequence_number"] = number;
        var type = (string)data["type"]!;
        return new ScriptedEvent(type, ScriptedJson.Text(data), type.EndsWith(".delta", StringComparison.Ordinal));
    }

    private static JsonObject At(JsonObject data, JsonObject item, int index, bool content)
    {
        data["item_id"] = item["id"]!.DeepClone();
        data["output_index"] = index;
        if (content)
        {
            data["content_index"] = 0;
        }

        return data;
    }

    private static JsonObject Message(string text, string status) => new()
    {
        ["id"] = "msg_scripted",
        ["type"] = "message",
        ["status"] = status,
        ["role"] = "assistant",
        ["content"] = new JsonArray(Part(text)),
    };

    private static JsonObject Part(string text) =>
        new() { ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray() };

    private static JsonObject Call(string name, int index) => new()
    {
        ["id"] = $"fc_scripted_{index}",
        ["type"] = "function_call",
        ["status"] = "completed",
        ["call_id"] = $"call_scripted_{index}",
        ["name"] = name,
        ["arguments"] = ScriptedJson.Arguments(index),
    };

    private static JsonObject Envelope(ParsedRequest request, Behaviour behaviour, string status, List<JsonObject> items) => new()
    {
        ["id"] = behaviour.ResponseId,
        ["object"] = "response",
        ["created_at"] = 1_700_000_000,
        ["status"] = status,
        ["background"] = false,
        ["error"] = null,
        ["incomplete_details"] = null,
        ["instructions"] = null,
        ["max_output_tokens"] = null,
        ["model"] = request.Model,
        ["output"] = new JsonArray([.. items.Select(static item => item.DeepClone())]),
        ["parallel_tool_calls"] = true,
        ["previous_response_id"] = null,
        ["reasoning"] = new JsonObject { ["effort"] = null, ["summary"] = null },
        ["store"] = request.Json()?.TryGetProperty("store", out var store) != true || store.GetBoolean(),
        ["temperature"] = 1.0,
        ["text"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } },
        ["tool_choice"] = "auto",
        ["tools"] = new JsonArray(),
        ["top_p"] = 1.0,
        ["truncation"] = "disabled",
        ["usage"] = status == "in_progress" || behaviour.OmitUsage ? null : Usage(behaviour),
        ["user"] = null,
        ["metadata"] = new JsonObject(),
    };

    private static JsonObject Usage(Behaviour behaviour) => new()
    {
        ["input_tokens"] = behaviour.PromptTokens,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = behaviour.CachedTokens },
        ["output_tokens"] = behaviour.CompletionTokens,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
        ["total_tokens"] = behaviour.PromptTokens + behaviour.CompletionTokens,
    };
}

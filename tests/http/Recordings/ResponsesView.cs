using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>
/// What a strict client of Responses makes of a stream. It folds the events by itself and holds each of them, and the
/// last one's whole response, to what it has folded. What it would stumble over is kept in <see cref="Faults"/>.
/// </summary>
internal sealed class ResponsesView
{
    private readonly List<JsonObject> _items = [];
    private readonly Dictionary<string, StringBuilder> _texts = [];
    private int _number;

    public List<string> Faults { get; } = [];

    /// <summary>The response of the last event; <see langword="null"/>: there was none.</summary>
    public JsonObject? Response { get; private set; }

    public JsonObject? Error { get; private set; }

    /// <summary>What has been folded of the answer's items.</summary>
    public IReadOnlyList<JsonObject> Items => _items;

    public static ResponsesView OfStream(ReadOnlySpan<byte> body)
    {
        var view = new ResponsesView();
        var frames = Encoding.UTF8.GetString(body).Split("\n\n");
        if (frames[^1].Length > 0)
        {
            view.Faults.Add("the last event has no end");
        }

        foreach (var frame in frames.SkipLast(1).Where(static frame => !frame.StartsWith(':')))
        {
            view.TakeFrame(frame);
        }

        return view;
    }

    /// <summary>A whole response as the chat completion that says the same, so that both are judged alike.</summary>
    public static byte[] ToChat(JsonObject response, JsonObject? error = null)
    {
        var message = new JsonObject { ["role"] = "assistant" };
        var calls = new JsonArray();
        foreach (var item in response["output"]!.AsArray())
        {
            switch ((string?)item!["type"])
            {
                case "message":
                    foreach (var part in item["content"]!.AsArray())
                    {
                        var member = (string?)part!["type"] == "refusal" ? "refusal" : "text";
                        message[member == "text" ? "content" : member] = (string?)message[member == "text" ? "content" : member] + (string?)part[member];
                    }

                    break;
                case "reasoning":
                    message["reasoning_content"] = (string?)message["reasoning_content"] + string.Join("\n\n", item["summary"]!.AsArray().Select(static part => (string?)part!["text"]));
                    break;
                case "function_call":
                    var function = new JsonObject { ["name"] = item["name"]!.DeepClone(), ["arguments"] = item["arguments"]!.DeepClone() };
                    calls.Add(new JsonObject { ["id"] = item["call_id"]!.DeepClone(), ["function"] = function });
                    break;
                default:
                    // What a provider's own tools did.
                    break;
            }
        }

        message["tool_calls"] = calls;
        var finish = (string?)response["incomplete_details"]?["reason"] switch
        {
            "max_output_tokens" => "length",
            "content_filter" => "content_filter",
            _ => calls.Count > 0 ? "tool_calls" : "stop",
        };
        var chat = new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["message"] = message, ["finish_reason"] = finish }) };
        if (response["usage"] is JsonObject usage)
        {
            chat["usage"] = new JsonObject
            {
                ["prompt_tokens"] = usage["input_tokens"]!.DeepClone(),
                ["completion_tokens"] = usage["output_tokens"]!.DeepClone(),
                ["prompt_tokens_details"] = usage["input_tokens_details"]!.DeepClone(),
                ["completion_tokens_details"] = usage["output_tokens_details"]!.DeepClone(),
            };
        }

        chat["error"] = error?.DeepClone();
        return JsonSerializer.SerializeToUtf8Bytes(chat);
    }

    /// <summary>The same as a chat client's view; faults included.</summary>
    public ClientView ToChat()
    {
        var response = Response ?? new JsonObject { ["output"] = new JsonArray() };
        var view = ClientView.OfWhole(ToChat(response, Error));
        view.Faults.AddRange(Faults);
        return view;
    }

    private void TakeFrame(string frame)
    {
        var lines = frame.Split('\n');
        if (lines is not [var name, var data] || !name.StartsWith("event: ", StringComparison.Ordinal) || !data.StartsWith("data: ", StringComparison.Ordinal))
        {
            Faults.Add($"not a named event: {frame}");
            return;
        }

        try
        {
            var told = JsonNode.Parse(data["data: ".Length..])!.AsObject();
            Check((string?)told["type"] == name["event: ".Length..], $"the name {name} is not the type");
            Check((int?)told["sequence_number"] == _number++, $"event {_number - 1} is numbered {told["sequence_number"]}");
            Check(Response is null || (string?)told["type"] == "error", "something after the last event");
            Take((string)told["type"]!, told);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            Faults.Add($"not JSON: {frame}");
        }
    }

    private void Take(string type, JsonObject told)
    {
        switch (type)
        {
            case "response.created" or "response.in_progress":
                Check(_items.Count == 0 && (string?)told["response"]!["status"] == "in_progress", $"{type} at the wrong time");
                break;
            case "response.output_item.added":
                Check((int)told["output_index"]! == _items.Count, "an item out of order");
                _items.Add(told["item"]!.DeepClone().AsObject());
                break;
            case "response.output_item.done":
                _items[(int)told["output_index"]!] = told["item"]!.DeepClone().AsObject();
                break;
            case "response.completed" or "response.incomplete" or "response.failed":
                Response = told["response"]!.AsObject();
                Check(type == "response." + (string?)Response["status"], "the status is another than the event's");
                CheckItems(type == "response.failed");
                break;
            case "error":
                Error = told["error"]!.AsObject();
                break;
            default:
                TakePart(type, told);
                break;
        }
    }

    private void TakePart(string type, JsonObject told)
    {
        var item = _items[(int)told["output_index"]!];
        Check((string?)item["id"] == (string?)told["item_id"], $"{type} of another item");
        var place = $"{told["output_index"]}/{told["content_index"] ?? told["summary_index"]}";
        if (type.EndsWith(".delta", StringComparison.Ordinal))
        {
            _texts.TryAdd(place, new StringBuilder());
            _texts[place].Append((string)told["delta"]!);
        }
        else if (type.EndsWith("part.added", StringComparison.Ordinal))
        {
            Check(_texts.TryAdd(place, new StringBuilder()), "a part that is there already");
        }
        else if (type.EndsWith("text.done", StringComparison.Ordinal) || type.EndsWith("refusal.done", StringComparison.Ordinal) || type.EndsWith("arguments.done", StringComparison.Ordinal))
        {
            var whole = (string?)(told["text"] ?? told["refusal"] ?? told["arguments"]);
            Check(_texts.TryGetValue(place, out var folded) && folded.ToString() == whole, $"{type} says '{whole}', and its deltas '{folded}'");
        }
    }

    private void CheckItems(bool isCut)
    {
        var told = Response!["output"]!.AsArray();
        Check(told.Count == _items.Count, "the whole has other items");
        for (var i = 0; i < Math.Min(told.Count, _items.Count) && !isCut; i++)
        {
            Check(JsonNode.DeepEquals(told[i], _items[i]), $"item {i} is {told[i]!.ToJsonString()}, and its event said {_items[i].ToJsonString()}");
        }
    }

    private void Check(bool holds, string fault)
    {
        if (!holds)
        {
            Faults.Add(fault);
        }
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>
/// What a strict client of Anthropic's Messages makes of a stream: it folds the events by itself. What it would stumble
/// over is kept in <see cref="Faults"/>.
/// </summary>
internal sealed class MessagesView
{
    private readonly List<JsonObject> _blocks = [];
    private readonly Dictionary<int, StringBuilder> _inputs = [];
    private readonly HashSet<int> _open = [];

    public List<string> Faults { get; } = [];

    /// <summary>The message without its content, as far as it was told.</summary>
    public JsonObject? Message { get; private set; }

    public JsonObject? Error { get; private set; }

    /// <summary>Whether the stream ended with <c>message_stop</c>.</summary>
    public bool IsStopped { get; private set; }

    public static MessagesView OfStream(ReadOnlySpan<byte> body)
    {
        var view = new MessagesView();
        var frames = Encoding.UTF8.GetString(body).ReplaceLineEndings("\n").Split("\n\n");
        view.Check(frames[^1].Length == 0, "the last event has no end");
        foreach (var frame in frames.SkipLast(1).Where(static frame => !frame.StartsWith(':')))
        {
            view.TakeFrame(frame);
        }

        return view;
    }

    /// <summary>A whole message as the chat completion that says the same, so that both are judged alike.</summary>
    public static ClientView ToChat(JsonObject message)
    {
        var blocks = message["content"]!.AsArray().Select(static block => block!.AsObject()).ToLookup(static block => (string?)block["type"]);
        var calls = blocks["tool_use"].Select(static JsonNode (block) => new JsonObject
        {
            ["id"] = block["id"]!.DeepClone(),
            ["function"] = new JsonObject { ["name"] = block["name"]!.DeepClone(), ["arguments"] = block["input"]!.ToJsonString() },
        });
        var said = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = string.Concat(blocks["text"].Select(static block => (string?)block["text"])),
            ["reasoning_content"] = string.Concat(blocks["thinking"].Select(static block => (string?)block["thinking"])),
            ["tool_calls"] = new JsonArray([.. calls]),
        };
        var finish = (string?)message["stop_reason"] switch
        {
            "max_tokens" or "model_context_window_exceeded" => "length",
            "tool_use" => "tool_calls",
            "refusal" => "content_filter",
            null => null,
            _ => "stop",
        };
        return ClientView.OfWhole(JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject { ["message"] = said, ["finish_reason"] = finish }),
            ["usage"] = UsageOf(message["usage"] as JsonObject),
        }));
    }

    /// <summary>The stream's message in the same form; faults included.</summary>
    public ClientView ToChat()
    {
        for (var i = 0; i < _blocks.Count; i++)
        {
            if (_inputs.TryGetValue(i, out var input) && input.Length > 0)
            {
                _blocks[i]["input"] = ParseInput(input.ToString());
            }
        }

        var message = Message ?? [];
        message["content"] = new JsonArray([.. _blocks.Select(static block => block.DeepClone())]);
        var view = ToChat(message);
        view.Faults.AddRange(Faults);
        return view;
    }

    // Arguments that are no object go out in a stream as they are; a whole message wraps them.
    private static JsonNode ParseInput(string input)
    {
        try
        {
            return JsonNode.Parse(input) as JsonObject ?? new JsonObject { ["raw_arguments"] = input };
        }
        catch (JsonException)
        {
            return new JsonObject { ["raw_arguments"] = input };
        }
    }

    private static JsonObject? UsageOf(JsonObject? usage)
    {
        if (usage is null)
        {
            return null;
        }

        long Count(string name) => (long?)usage[name] ?? 0;
        var input = Count("input_tokens") + Count("cache_read_input_tokens") + Count("cache_creation_input_tokens");
        return new JsonObject
        {
            ["prompt_tokens"] = input,
            ["completion_tokens"] = Count("output_tokens"),
            ["total_tokens"] = input + Count("output_tokens"),
            ["prompt_tokens_details"] = new JsonObject
            {
                ["cached_tokens"] = Count("cache_read_input_tokens"),
                ["cache_write_tokens"] = Count("cache_creation_input_tokens"),
            },
            ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = (long?)(usage["output_tokens_details"] as JsonObject)?["thinking_tokens"] ?? 0 },
        };
    }

    private void TakeFrame(string frame)
    {
        if (frame.Split('\n') is not [var name, var data] || !name.StartsWith("event:", StringComparison.Ordinal) || !data.StartsWith("data:", StringComparison.Ordinal))
        {
            Faults.Add($"not a named event: {frame}");
            return;
        }

        try
        {
            var told = JsonNode.Parse(data["data:".Length..])!.AsObject();
            Check((string?)told["type"] == name["event:".Length..].Trim(), $"the name {name} is not the type");
            Check(!IsStopped, "something after message_stop");
            Check(Message is not null || (string?)told["type"] is "message_start" or "ping" or "error", $"{told["type"]} before message_start");
            Take((string)told["type"]!, told);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            Faults.Add($"{fault.GetType().Name} at {frame}");
        }
    }

    private void Take(string type, JsonObject told)
    {
        switch (type)
        {
            case "message_start":
                Check(Message is null, "a second message_start");
                Message = told["message"]!.DeepClone().AsObject();
                break;
            case "content_block_start":
                Check((int)told["index"]! == _blocks.Count && _open.Count == 0, $"block {told["index"]} begins out of order");
                _open.Add(_blocks.Count);
                _blocks.Add(told["content_block"]!.DeepClone().AsObject());
                break;
            case "content_block_delta":
                Check(_open.Contains((int)told["index"]!), $"a delta of block {told["index"]}, which is not open");
                TakeDelta((int)told["index"]!, told["delta"]!.AsObject());
                break;
            case "content_block_stop":
                Check(_open.Remove((int)told["index"]!), $"block {told["index"]} ends and is not open");
                break;
            case "message_delta":
                Check(_open.Count == 0, "a block is open at the end");
                MessageFolder.Merge(Message!, told["delta"]!.AsObject());
                MessageFolder.Merge(Message!["usage"]!.AsObject(), told["usage"]!.AsObject());
                break;
            case "message_stop":
                Check(Message!["stop_reason"] is not null, "it stops without a reason");
                IsStopped = true;
                break;
            case "error":
                Error = told["error"]!.AsObject();
                break;
            default:
                Check(type == "ping", $"an event {type}");
                break;
        }
    }

    private void TakeDelta(int index, JsonObject delta)
    {
        var block = _blocks[index];
        switch ((string?)delta["type"])
        {
            case "text_delta":
                block["text"] = (string?)block["text"] + (string?)delta["text"];
                break;
            case "thinking_delta":
                block["thinking"] = (string?)block["thinking"] + (string?)delta["thinking"];
                break;
            case "signature_delta":
                block["signature"] = (string?)delta["signature"];
                break;
            case "input_json_delta":
                _inputs.TryAdd(index, new StringBuilder());
                _inputs[index].Append((string?)delta["partial_json"]);
                break;
            default:
                // Citations and what is new are none of the answer's text.
                break;
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

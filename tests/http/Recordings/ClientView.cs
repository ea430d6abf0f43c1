using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>
/// What a strict OpenAI client makes of an answer, whole or streamed. What it would stumble over is kept in
/// <see cref="Faults"/>.
/// </summary>
internal sealed class ClientView
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly StringBuilder _refusal = new();

    public string Text => _text.ToString();

    public string Reasoning => _reasoning.ToString();

    public string Refusal => _refusal.ToString();

    public List<ClientToolCall> ToolCalls { get; } = [];

    public string? FinishReason { get; private set; }

    public JsonObject? Usage { get; private set; }

    public JsonObject? Error { get; private set; }

    /// <summary>Whether the stream ended with <c>[DONE]</c>.</summary>
    public bool IsDone { get; private set; }

    public List<string> Faults { get; } = [];

    /// <summary>Reads a whole answer.</summary>
    public static ClientView OfWhole(ReadOnlySpan<byte> body)
    {
        var view = new ClientView();
        var answer = JsonNode.Parse(body)!.AsObject();
        view.Error = answer["error"] as JsonObject;
        view.Usage = answer["usage"] as JsonObject;
        if (answer["choices"]?[0] is JsonObject choice)
        {
            view.FinishReason = (string?)choice["finish_reason"];
            view.TakeMessage(choice["message"]!.AsObject());
        }

        return view;
    }

    /// <summary>Reads the bytes of a stream.</summary>
    public static ClientView OfStream(ReadOnlySpan<byte> body)
    {
        var view = new ClientView();
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

    private void TakeFrame(string frame)
    {
        if (!frame.StartsWith("data: ", StringComparison.Ordinal) || frame.Contains('\n', StringComparison.Ordinal))
        {
            Faults.Add($"not one line of data: {frame}");
            return;
        }

        if (IsDone)
        {
            Faults.Add("something after [DONE]");
        }

        if (frame == "data: [DONE]")
        {
            IsDone = true;
            return;
        }

        try
        {
            TakeChunk(JsonNode.Parse(frame["data: ".Length..])!.AsObject());
        }
        catch (JsonException)
        {
            Faults.Add($"not JSON: {frame}");
        }
    }

    private void TakeChunk(JsonObject chunk)
    {
        Error = chunk["error"] as JsonObject ?? Error;
        Usage = chunk["usage"] as JsonObject ?? Usage;
        if (chunk["choices"] is not JsonArray { Count: > 0 } choices)
        {
            return;
        }

        FinishReason = (string?)choices[0]!["finish_reason"] ?? FinishReason;
        if (choices[0]!["delta"] is JsonObject delta)
        {
            TakeMessage(delta);
        }
    }

    private void TakeMessage(JsonObject message)
    {
        Append(message, "content", _text);
        Append(message, "refusal", _refusal);
        Append(message, message["reasoning_content"] is null ? "reasoning" : "reasoning_content", _reasoning);
        if (message["tool_calls"] is not JsonArray calls)
        {
            return;
        }

        for (var i = 0; i < calls.Count; i++)
        {
            TakeCall(calls[i]!.AsObject(), i);
        }
    }

    private void TakeCall(JsonObject call, int place)
    {
        var index = (int?)call["index"] ?? place;
        if (index > ToolCalls.Count)
        {
            Faults.Add($"tool call {index} comes too early");
            return;
        }

        if (index == ToolCalls.Count)
        {
            ToolCalls.Add(new ClientToolCall());
        }

        ToolCalls[index].Take((string?)call["id"], (string?)call["function"]?["name"], (string?)call["function"]?["arguments"]);
    }

    private void Append(JsonObject message, string member, StringBuilder text)
    {
        switch (message[member]?.GetValueKind())
        {
            case null:
                break;
            case JsonValueKind.String:
                text.Append((string?)message[member]);
                break;
            default:
                Faults.Add($"'{member}' is not a string");
                break;
        }
    }
}

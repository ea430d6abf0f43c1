using System.Text.Json;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>A client of Chat Completions that takes nothing amiss.</summary>
internal static class ChatClient
{
    /// <summary>Reads a stream that the gateway has written.</summary>
    public static ClientView ReadStream(ReadOnlySpan<byte> stream)
    {
        var view = new ClientView();
        string? id = null;
        var isFinished = false;
        var isOver = false;
        foreach (var told in ClientEvent.ReadAll(stream))
        {
            Must(!isOver, "there is more after the end");
            if (told.IsDone)
            {
                isOver = view.IsComplete = true;
                continue;
            }

            if (told.Data.TryGetProperty("error", out _))
            {
                isOver = view.IsBroken = true;
                continue;
            }

            Must(ClientView.Text(told.Data, "object") == "chat.completion.chunk", "there is no chunk");
            var thisId = ClientView.Raw(told.Data, "id");
            Must(id is null || id == thisId, "the id changes");
            var choices = told.Data.GetProperty("choices");
            if (choices.GetArrayLength() == 0)
            {
                Must(isFinished && told.Data.GetProperty("usage").ValueKind == JsonValueKind.Object, "usage comes before the finish");
                continue;
            }

            Must(!isFinished, "more is said after the finish");
            var delta = choices[0].GetProperty("delta");
            Must(id is null == delta.TryGetProperty("role", out _), "the role is not told first, or told again");
            id = thisId;
            Take(delta, view);
            if (choices[0].GetProperty("finish_reason") is { ValueKind: JsonValueKind.String } reason)
            {
                isFinished = true;
                view.IsCut = reason.GetString() == "length";
            }
        }

        Must(!view.IsComplete || isFinished, "it ends without a reason");
        return view;
    }

    /// <summary>Reads a stream that is a provider's own, passed on: only its end is the gateway's.</summary>
    public static ClientView ReadCopied(ReadOnlySpan<byte> stream)
    {
        var view = new ClientView();
        foreach (var told in ClientEvent.ReadAll(stream))
        {
            Must(!view.IsComplete && !view.IsBroken, "there is more after the end");
            view.IsComplete = told.IsDone;
            view.IsBroken = !told.IsDone && told.Data.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null;
        }

        return view;
    }

    /// <summary>Reads a whole answer.</summary>
    public static ClientView ReadWhole(JsonElement completion)
    {
        var choice = completion.GetProperty("choices")[0];
        var message = choice.GetProperty("message");
        var view = new ClientView { IsComplete = true, IsCut = choice.GetProperty("finish_reason").GetString() == "length" };
        view.Said.Append(ClientView.Text(message, "content")).Append(ClientView.Text(message, "refusal"));
        view.Thought.Append(ClientView.Text(message, "reasoning_content"));
        if (message.TryGetProperty("tool_calls", out var calls))
        {
            foreach (var call in calls.EnumerateArray())
            {
                var function = call.GetProperty("function");
                view.AddCall(function.GetProperty("name").GetString()!, function.GetProperty("arguments").GetString()!);
            }
        }

        return view;
    }

    private static void Take(JsonElement delta, ClientView view)
    {
        view.Said.Append(ClientView.Raw(delta, "content")).Append(ClientView.Raw(delta, "refusal"));
        view.Thought.Append(ClientView.Raw(delta, "reasoning_content"));
        if (!delta.TryGetProperty("tool_calls", out var calls))
        {
            return;
        }

        foreach (var call in calls.EnumerateArray())
        {
            var index = call.GetProperty("index").GetInt32();
            var function = call.GetProperty("function");
            if (function.TryGetProperty("name", out _))
            {
                Must(index == view.Calls, "calls are not numbered in their order");
                view.AddCall(ClientView.Raw(function, "name"));
            }

            Must(index >= 0 && index < view.Calls, "a call goes on that never began");
            view.AddArguments(index, ClientView.Raw(function, "arguments"));
        }
    }

    private static void Must(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException($"In a chat's stream {otherwise}.");
        }
    }
}

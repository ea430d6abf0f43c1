using System.Text.Json;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>A client of Anthropic's Messages API that takes nothing amiss.</summary>
internal static class MessagesClient
{
    /// <summary>Reads a stream that the gateway has written.</summary>
    public static ClientView ReadStream(ReadOnlySpan<byte> stream)
    {
        var view = new ClientView();
        var blocks = new List<Block>();
        var hasBegun = false;
        var isFinished = false;
        foreach (var told in ClientEvent.ReadAll(stream))
        {
            Must(!view.IsComplete && !view.IsBroken, "there is more after the end");
            Must(told.Name == told.Type, "an event's name is not its type");
            Must(told.Type is "error" || hasBegun == (told.Type is not "message_start"), "the message does not begin first, or begins again");
            switch (told.Type)
            {
                case "message_start":
                    hasBegun = true;
                    break;
                case "error":
                    view.IsBroken = true;
                    break;
                case "message_delta":
                    Must(!isFinished && blocks.TrueForAll(static block => !block.IsOpen), "the message ends twice, or within a block");
                    isFinished = true;
                    var reason = told.Data.GetProperty("delta").GetProperty("stop_reason").GetString();
                    view.IsCut = reason is "refusal" ? null : reason is "max_tokens";
                    break;
                case "message_stop":
                    Must(isFinished, "the message stops without a reason");
                    view.IsComplete = true;
                    break;
                default:
                    Must(!isFinished, "more is said after the finish");
                    TakeBlock(told, blocks, view);
                    break;
            }
        }

        return view;
    }

    /// <summary>Reads a stream that is a provider's own, passed on.</summary>
    public static ClientView ReadCopied(ReadOnlySpan<byte> stream)
    {
        var view = new ClientView();
        foreach (var told in ClientEvent.ReadAll(stream))
        {
            Must(!view.IsComplete && !view.IsBroken, "there is more after the end");
            view.IsComplete = told.Type == "message_stop";
            view.IsBroken = told.Type == "error";
        }

        return view;
    }

    /// <summary>Reads a whole message.</summary>
    public static ClientView ReadWhole(JsonElement message)
    {
        var reason = message.GetProperty("stop_reason").GetString();
        var view = new ClientView { IsComplete = true, IsCut = reason is "refusal" ? null : reason is "max_tokens" };
        foreach (var block in message.GetProperty("content").EnumerateArray())
        {
            switch (block.GetProperty("type").GetString())
            {
                case "text":
                    view.Said.Append(ClientView.Text(block, "text"));
                    break;
                case "thinking":
                    view.Thought.Append(ClientView.Text(block, "thinking"));
                    break;
                case "redacted_thinking":
                    Must(block.GetProperty("data").ValueKind == JsonValueKind.String, "encrypted thoughts are no string");
                    break;
                case "tool_use":
                    Must(block.GetProperty("input").ValueKind == JsonValueKind.Object, "a call's input is no object");
                    view.AddCall(block.GetProperty("name").GetString()!);
                    break;
                default:
                    Must(false, "there is a block of an unknown kind");
                    break;
            }
        }

        return view;
    }

    private static void TakeBlock(ClientEvent told, List<Block> blocks, ClientView view)
    {
        var index = told.Data.GetProperty("index").GetInt32();
        if (told.Type is "content_block_start")
        {
            Must(index == blocks.Count && blocks.TrueForAll(static block => !block.IsOpen), "a block begins within another, or out of order");
            var content = told.Data.GetProperty("content_block");
            var kind = content.GetProperty("type").GetString()!;
            blocks.Add(new Block(kind, kind is "tool_use" ? view.Calls : -1));
            if (kind is "tool_use")
            {
                view.AddCall(ClientView.Raw(content, "name"));
            }

            return;
        }

        Must(index >= 0 && index < blocks.Count, "a block goes on that never began");
        var block = blocks[index];
        if (told.Type is "content_block_stop")
        {
            Must(block.IsOpen, "a block stops twice");
            block.IsOpen = false;
            return;
        }

        // Pieces of several calls may come mixed.
        Must(told.Type is "content_block_delta" && (block.IsOpen || block.Call >= 0), "something comes that is no piece of an open block");
        var delta = told.Data.GetProperty("delta");
        switch (delta.GetProperty("type").GetString())
        {
            case "text_delta" when block.Kind is "text":
                view.Said.Append(ClientView.Raw(delta, "text"));
                break;
            case "thinking_delta" when block.Kind is "thinking":
                view.Thought.Append(ClientView.Raw(delta, "thinking"));
                break;
            case "signature_delta" when block.Kind is "thinking":
                break;
            case "input_json_delta" when block.Call >= 0:
                view.AddArguments(block.Call, ClientView.Raw(delta, "partial_json"));
                break;
            default:
                Must(false, "a block has a piece of another kind");
                break;
        }
    }

    private static void Must(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException($"In a message's stream {otherwise}.");
        }
    }

    private sealed class Block(string kind, int call)
    {
        public string Kind => kind;

        public int Call => call;

        public bool IsOpen { get; set; } = true;
    }
}

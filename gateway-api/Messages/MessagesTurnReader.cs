using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Reads <c>system</c> and <c>messages</c>. Each result of a tool becomes a message of its own, before the rest of its turn.</summary>
internal sealed class MessagesTurnReader(FieldReader fields)
{
    private readonly MessagesBlockReader _blocks = new(fields);

    public List<Message> Read(JsonElement root)
    {
        var messages = new List<Message>();
        if (root.TryGetValue("system", out _))
        {
            messages.Add(new Message(Role.System) { Parts = ReadParts(root, "system", "system"), Path = "system" });
        }

        var index = 0;
        foreach (var turn in fields.List(root, "messages"))
        {
            ReadTurn(turn, $"messages[{index++}]", messages);
            if (fields.Fault is not null)
            {
                break;
            }
        }

        return messages;
    }

    private void ReadTurn(JsonElement turn, string path, List<Message> messages)
    {
        if (!turn.TryGetValue("content", out _))
        {
            fields.Refuse(Refusals.MissingField(path + ".content"));
            return;
        }

        switch (fields.RequiredText(turn, "role", path + "."))
        {
            case "user":
                ReadUser(turn, path, messages);
                return;
            case "assistant":
                ReadAssistant(turn, path, messages);
                return;
            case "system":
                messages.Add(new Message(Role.System) { Parts = ReadParts(turn, "content", path + ".content"), Path = path });
                return;
            default:
                fields.Refuse(Refusals.InvalidValue(path + ".role", "A message's role must be 'user' or 'assistant'."));
                return;
        }
    }

    private void ReadUser(JsonElement turn, string path, List<Message> messages)
    {
        var parts = new List<Part>();
        var hasResults = false;
        foreach (var (block, at) in _blocks.Enumerate(turn, "content", path + ".content"))
        {
            if (block.GetText("type") == "tool_result")
            {
                messages.Add(ReadResult(block, at));
                hasResults = true;
            }
            else
            {
                _blocks.Read(block, at, parts);
            }
        }

        if (parts.Count > 0 || !hasResults)
        {
            messages.Add(new Message(Role.User) { Parts = parts, Path = path });
        }
    }

    private Message ReadResult(JsonElement block, string path)
    {
        block.TryGetValue("cache_control", out var cacheControl);
        return new Message(Role.Tool)
        {
            Parts = ReadParts(block, "content", path + ".content"),
            ToolCallId = fields.RequiredText(block, "tool_use_id", path + "."),
            IsToolError = fields.Flag(block, "is_error", path + ".") == true,
            Path = path,
            CacheControl = cacheControl,
        };
    }

    private void ReadAssistant(JsonElement turn, string path, List<Message> messages)
    {
        var parts = new List<Part>();
        var calls = new List<ToolCall>();
        foreach (var (block, at) in _blocks.Enumerate(turn, "content", path + ".content"))
        {
            switch (block.GetText("type"))
            {
                case "tool_use":
                    calls.Add(ReadCall(block, at + "."));
                    break;
                case "thinking":
                    parts.Add(new ReasoningPart(block.GetText("thinking") ?? "", block.GetText("signature") is { Length: > 0 } signature ? signature : null, at));
                    break;
                case "redacted_thinking":
                    parts.Add(new ReasoningPart("", fields.RequiredText(block, "data", at + "."), at) { IsRedacted = true });
                    break;
                default:
                    _blocks.Read(block, at, parts);
                    break;
            }
        }

        messages.Add(new Message(Role.Assistant) { Parts = parts, Calls = calls, Path = path });
    }

    private ToolCall ReadCall(JsonElement block, string inner)
    {
        if (block.TryGetValue("input", out var input) && input.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(Refusals.InvalidValue(inner + "input", "A tool's input must be an object."));
        }

        return new ToolCall(
            fields.RequiredText(block, "id", inner),
            fields.RequiredText(block, "name", inner),
            input.ValueKind == JsonValueKind.Object ? JsonText.Compact(input) : "{}");
    }

    private List<Part> ReadParts(JsonElement parent, string name, string path)
    {
        var parts = new List<Part>();
        foreach (var (block, at) in _blocks.Enumerate(parent, name, path))
        {
            _blocks.Read(block, at, parts);
        }

        return parts;
    }
}

using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Reads turns of Anthropic's Messages.</summary>
internal static class MessagesItems
{
    /// <summary>Reads a turn.</summary>
    /// <param name="item">The turn.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="parts">Takes what it is made of.</param>
    /// <param name="role">Who says it.</param>
    /// <returns>Why it is no turn; <see langword="null"/>: it is one.</returns>
    public static Refusal? Read(JsonElement item, string path, MessageParts parts, out MessageRole role)
    {
        role = MessageRole.User;
        if (ChatItems.RoleOf(item.GetText("role")) is not { } known || known == MessageRole.Tool)
        {
            return Refusals.InvalidValue(path + ".role", "A turn's role must be 'user' or 'assistant'.");
        }

        role = known;
        if (!item.TryGetValue("content", out var content))
        {
            return Refusals.MissingField(path + ".content");
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            return ChatItems.ReadContent(content, path, parts);
        }

        foreach (var block in content.EnumerateArray())
        {
            ReadBlock(block, parts);
        }

        if (role == MessageRole.User && parts.HasAnswers)
        {
            ReadOwn(content, parts);
        }

        return null;
    }

    /// <summary>Reads what a user says beside the results of tools.</summary>
    /// <param name="content">A list of blocks.</param>
    /// <param name="parts">Has taken the blocks.</param>
    public static void ReadOwn(JsonElement content, MessageParts parts)
    {
        foreach (var block in content.ValueKind == JsonValueKind.Array ? content.EnumerateArray() : default)
        {
            if (block.GetText("type") is not "tool_result")
            {
                parts.AddOwn(block.GetText("text"));
            }
        }
    }

    /// <summary>Reads a block of a turn's content.</summary>
    public static void ReadBlock(JsonElement block, MessageParts parts)
    {
        switch (block.GetText("type"))
        {
            case "text":
                parts.IsIndivisible |= block.TryGetValue("citations", out var citations) && !EmptyValues.IsEmpty(citations);
                parts.AddText(block.GetText("text"));
                return;
            case "tool_use":
                parts.AddCall(block.GetText("id"), block.GetText("name"), RawOf(block, "input"));
                return;
            case "tool_result":
                // Providers of other dialects are sent each in a message of its own.
                parts.AddTokens(MessageCost.OfMessage);
                parts.AddAnswer(block.GetText("tool_use_id"));
                ReadResult(block, parts);
                return;
            case "image":
                parts.AddImage(block);
                return;
            case "document":
                ReadDocument(block, parts);
                return;
            case "thinking":
                parts.HasThoughts = true;
                parts.AddOther(block.GetText("thinking"));
                return;
            case "redacted_thinking":
                parts.HasThoughts = true;
                parts.IsIndivisible = true;
                return;
            default:
                parts.AddUnknown(block.GetRawText());
                return;
        }
    }

    private static void ReadResult(JsonElement block, MessageParts parts)
    {
        if (!block.TryGetValue("content", out var content))
        {
            return;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            parts.AddText(content.GetString());
            return;
        }

        foreach (var inner in content.ValueKind == JsonValueKind.Array ? content.EnumerateArray() : default)
        {
            ReadBlock(inner, parts);
        }
    }

    private static void ReadDocument(JsonElement block, MessageParts parts)
    {
        block.TryGetValue("source", out var source);
        switch (source.GetText("type"))
        {
            case "text":
                parts.AddOther(block.GetRawText());
                return;
            case "content":
                // It may hold pictures.
                parts.AddUnknown(block.GetRawText());
                return;
            default:
                parts.AddFile(source.GetText("data")?.Length ?? 0);
                return;
        }
    }

    private static string? RawOf(JsonElement block, string member) => block.TryGetValue(member, out var value) ? value.GetRawText() : null;
}

using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Reads messages of OpenAI's Chat Completions.</summary>
internal static class ChatItems
{
    private const int LongestShown = 32;

    /// <summary>Reads a message.</summary>
    /// <param name="item">The message.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="parts">Takes what it is made of.</param>
    /// <param name="role">Who says it.</param>
    /// <returns>Why it is no message; <see langword="null"/>: it is one.</returns>
    public static Refusal? Read(JsonElement item, string path, MessageParts parts, out MessageRole role)
    {
        role = MessageRole.User;
        if (item.ValueKind != JsonValueKind.Object)
        {
            return Refusals.InvalidValue(path, "Each message must be an object.");
        }

        var name = item.GetText("role");
        if (RoleOf(name) is not { } known)
        {
            return name is not null ? Refusals.InvalidValue(path + ".role", $"There is no role '{name[..Math.Min(name.Length, LongestShown)]}'.")
                : item.TryGetValue("role", out _) ? Refusals.InvalidValue(path + ".role", $"The field '{path}.role' must be a string.")
                : Refusals.MissingField(path + ".role");
        }

        role = known;
        foreach (var member in item.EnumerateObject())
        {
            if (ReadMember(member, path, parts, known) is { } fault)
            {
                return fault;
            }
        }

        if (role == MessageRole.User && parts.HasAnswers && item.TryGetValue("content", out var blocks))
        {
            MessagesItems.ReadOwn(blocks, parts);
        }

        if (role == MessageRole.Tool)
        {
            parts.AddAnswer(item.GetText("tool_call_id") ?? item.GetText("name"));
        }

        return null;
    }

    /// <summary>Reads content that is a string, a list of parts, or nothing.</summary>
    public static Refusal? ReadContent(JsonElement content, string path, MessageParts parts)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                parts.AddText(content.GetString());
                return null;
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array:
                foreach (var part in content.EnumerateArray())
                {
                    ReadPart(part, parts);
                }

                return null;
            default:
                return Refusals.InvalidValue(path + ".content", $"The field '{path}.content' must be a string or a list of parts.");
        }
    }

    /// <summary>The role of a name; <see langword="null"/>: there is none.</summary>
    public static MessageRole? RoleOf(string? name) => name switch
    {
        "system" or "developer" => MessageRole.System,
        "user" => MessageRole.User,
        "assistant" => MessageRole.Assistant,
        "tool" or "function" => MessageRole.Tool,
        _ => null,
    };

    private static Refusal? ReadMember(in JsonProperty member, string path, MessageParts parts, MessageRole role)
    {
        switch (member.Name)
        {
            case "content":
                return ReadContent(member.Value, path, parts);
            case "role" or "name" or "timestamp" or "tool_call_id" or "cache_control" or "annotations" or "id" or "object" or "index" or "status" or "logprobs" or "finish_reason":
                return null;
            case not null when EmptyValues.IsEmpty(member.Value):
                return null;
            case "tool_calls" when member.Value.ValueKind == JsonValueKind.Array:
                foreach (var call in member.Value.EnumerateArray())
                {
                    ReadCall(call, parts);
                }

                return null;
            case "function_call" when member.Value.ValueKind == JsonValueKind.Object:
                parts.AddCall(member.Value.GetText("name"), member.Value.GetText("name"), member.Value.GetText("arguments"));
                return null;
            case "refusal" when member.Value.ValueKind == JsonValueKind.String:
                parts.IsIndivisible = true;
                parts.AddText(member.Value.GetString());
                return null;
            case "reasoning_content" or "reasoning" or "thinking_blocks" when role == MessageRole.Assistant:
                parts.HasThoughts = true;
                parts.AddOther(member.Value.GetRawText());
                return null;
            case "reasoning_details" when role == MessageRole.Assistant:
                // Text, or what is encrypted.
                parts.HasThoughts = true;
                parts.AddUnknown(member.Value.GetRawText());
                return null;
            default:
                parts.IsIndivisible = true;
                return null;
        }
    }

    private static void ReadCall(JsonElement call, MessageParts parts)
    {
        call.TryGetValue("function", out var function);
        call.TryGetValue("custom", out var custom);
        parts.AddCall(
            call.GetText("id"),
            function.GetText("name") ?? custom.GetText("name"),
            function.GetText("arguments") ?? custom.GetText("input"));
    }

    private static void ReadPart(JsonElement part, MessageParts parts)
    {
        switch (part.GetText("type"))
        {
            case "text" or "input_text" or "output_text":
                parts.AddText(part.GetText("text"));
                return;
            case "refusal":
                parts.IsIndivisible = true;
                parts.AddText(part.GetText("refusal"));
                return;
            case "image_url" or "input_image" or "image":
                parts.AddImage(part);
                return;
            case "file":
                part.TryGetValue("file", out var file);
                parts.AddFile(file.GetText("file_data")?.Length ?? 0);
                return;
            case "input_file":
                parts.AddFile(part.GetText("file_data")?.Length ?? 0);
                return;
            case "input_audio":
                part.TryGetValue("input_audio", out var audio);
                parts.AddFile(audio.GetText("data")?.Length ?? 0);
                return;
            case "tool_use" or "tool_result" or "thinking" or "redacted_thinking" or "document":
                // Of Anthropic's dialect: the endpoint takes both.
                MessagesItems.ReadBlock(part, parts);
                return;
            default:
                parts.AddUnknown(part.GetRawText());
                return;
        }
    }
}

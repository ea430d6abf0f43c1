using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>Reads <c>messages</c>.</summary>
/// <param name="fields">Keeps the first fault.</param>
/// <param name="unknown">Takes members of messages that have no place in the form of no dialect, as <c>messages.name</c>.</param>
internal sealed class ChatMessageReader(FieldReader fields, Dictionary<string, JsonElement> unknown)
{
    private readonly ChatPartReader _parts = new(fields);

    public IReadOnlyList<Message> Read(JsonElement root)
    {
        var messages = new List<Message>();
        foreach (var message in fields.List(root, "messages"))
        {
            messages.Add(ReadMessage(message, $"messages[{messages.Count}]"));
            if (fields.Fault is not null)
            {
                break;
            }
        }

        return messages;
    }

    private Message ReadMessage(JsonElement message, string path)
    {
        var inner = path + ".";
        NoteUnknown(message);
        message.TryGetValue("cache_control", out var cacheControl);
        return new Message(ReadRole(message, inner))
        {
            Parts = ReadParts(message, inner),
            Calls = ReadCalls(message, inner),
            ToolCallId = message.GetText("role") == "tool" ? fields.RequiredText(message, "tool_call_id", inner) : null,
            Name = fields.OptionalText(message, "name", inner),
            Path = path,
            CacheControl = cacheControl,
        };
    }

    private void NoteUnknown(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in message.EnumerateObject())
        {
            var isKnown = member.Name is "role" or "content" or "name" or "refusal" or "reasoning_content" or "tool_calls" or "tool_call_id"
                or "function_call" or "cache_control";
            var isEmpty = member.Value.ValueKind == JsonValueKind.Null
                || (member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() == 0);
            if (!isKnown && !isEmpty)
            {
                unknown["messages." + member.Name] = member.Value;
            }
        }
    }

    private Role ReadRole(JsonElement message, string inner)
    {
        switch (fields.RequiredText(message, "role", inner))
        {
            case "system" or "developer":
                return Role.System;
            case "user":
                return Role.User;
            case "assistant":
                return Role.Assistant;
            case "tool":
                return Role.Tool;
            case var role:
                fields.Refuse(Refusals.UnsupportedParameter(
                    inner + "role", $"Messages of the role '{(role.Length <= 32 ? role : role[..32])}' cannot be sent to this model's provider."));
                return Role.User;
        }
    }

    private List<Part> ReadParts(JsonElement message, string inner)
    {
        var parts = new List<Part>();
        if (fields.OptionalText(message, "reasoning_content", inner) is { Length: > 0 } thought)
        {
            parts.Add(new ReasoningPart(thought, null, inner + "reasoning_content"));
        }

        _parts.Read(message, inner + "content", parts);
        if (fields.OptionalText(message, "refusal", inner) is { Length: > 0 } refusal)
        {
            parts.Add(new RefusalPart(refusal, inner + "refusal"));
        }

        return parts;
    }

    private List<ToolCall> ReadCalls(JsonElement message, string inner)
    {
        if (message.TryGetValue("function_call", out _))
        {
            fields.Refuse(Refusals.UnsupportedParameter(inner + "function_call", "Use 'tool_calls' instead of 'function_call' with this model's provider."));
        }

        var calls = new List<ToolCall>();
        foreach (var call in fields.List(message, "tool_calls", inner))
        {
            calls.Add(ReadCall(call, $"{inner}tool_calls[{calls.Count}]."));
        }

        return calls;
    }

    private ToolCall ReadCall(JsonElement call, string inner)
    {
        if (call.GetText("type") is { } type and not "function")
        {
            fields.Refuse(Refusals.UnsupportedParameter(inner + "type", $"Tool calls of the type '{type}' cannot be sent to this model's provider."));
        }

        call.TryGetValue("function", out var function);
        return new ToolCall(
            fields.RequiredText(call, "id", inner),
            fields.RequiredText(function, "name", inner + "function."),
            fields.Arguments(fields.OptionalText(function, "arguments", inner + "function."), inner + "function.arguments"))
        {
            Signature = ReadSignature(call),
        };
    }

    // Where Google's own endpoint of this dialect keeps it, so that clients written for that one work here as well.
    private static string? ReadSignature(JsonElement call) =>
        call.TryGetValue("extra_content", out var extra) && extra.TryGetValue("google", out var google) ? google.GetText("thought_signature") : null;
}

using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// Translates a conversation: system messages become <c>system</c>, tool messages become blocks of a user's turn, and
/// messages of one side in a row become one turn. A turn is opened by its first block, so that an empty one is never sent.
/// </summary>
internal sealed class AnthropicMessages(Utf8JsonWriter json, TranslationNotes notes)
{
    private readonly AnthropicContent _content = new(json);
    private string? _openRole;

    /// <summary>Writes <c>system</c> and <c>messages</c>, or returns why they cannot be sent.</summary>
    public Refusal? Write(JsonElement root)
    {
        if (!root.TryGetValue("messages", out var messages))
        {
            return Refusals.MissingField("messages");
        }

        if (messages.ValueKind != JsonValueKind.Array)
        {
            return Refusals.InvalidValue("messages", "The field 'messages' must be a list.");
        }

        return WriteSystem(messages) ?? WriteTurns(messages);
    }

    private Refusal? WriteSystem(JsonElement messages)
    {
        var isOpen = false;
        var index = -1;
        foreach (var message in messages.EnumerateArray())
        {
            index++;
            if (message.GetText("role") is not ("system" or "developer"))
            {
                continue;
            }

            var refusal = _content.WriteText(message, $"messages[{index}].content", OpenSystem);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        if (isOpen)
        {
            json.WriteEndArray();
        }

        return null;

        void OpenSystem()
        {
            if (!isOpen)
            {
                isOpen = true;
                json.WriteStartArray("system"u8);
            }
        }
    }

    private Refusal? WriteTurns(JsonElement messages)
    {
        json.WriteStartArray("messages"u8);
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (WriteTurn(message, $"messages[{index++}]") is { } refusal)
            {
                return refusal;
            }
        }

        if (_openRole is null)
        {
            return Refusals.InvalidValue("messages", "This model's provider (Anthropic) needs at least one message of a user that is not empty.");
        }

        CloseTurn();
        json.WriteEndArray();
        return null;
    }

    private Refusal? WriteTurn(JsonElement message, string path)
    {
        NoteUnknown(message);
        switch (message.GetText("role"))
        {
            case "system" or "developer":
                return null;
            case "user":
                return _content.WriteParts(message, $"{path}.content", () => OpenTurn("user"));
            case "tool":
                return WriteToolResult(message, path);
            case "assistant":
                return _content.WriteText(message, $"{path}.content", () => OpenTurn("assistant")) ?? WriteToolCalls(message, path);
            case null:
                return Refusals.MissingField($"{path}.role");
            case var role:
                return Refusals.UnsupportedParameter($"{path}.role", $"Messages of the role '{role}' cannot be sent to this model's provider (Anthropic).");
        }
    }

    private Refusal? WriteToolResult(JsonElement message, string path)
    {
        if (message.GetText("tool_call_id") is not { Length: > 0 } id)
        {
            return Refusals.MissingField($"{path}.tool_call_id");
        }

        OpenTurn("user");
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id"u8, SafeId(id));
        var isOpen = false;
        var refusal = _content.WriteParts(message, $"{path}.content", OpenContent);
        if (isOpen)
        {
            json.WriteEndArray();
        }

        json.WriteEndObject();
        return refusal;

        void OpenContent()
        {
            if (!isOpen)
            {
                isOpen = true;
                json.WriteStartArray("content"u8);
            }
        }
    }

    private Refusal? WriteToolCalls(JsonElement message, string path)
    {
        if (message.TryGetValue("function_call", out _))
        {
            return Refusals.UnsupportedParameter($"{path}.function_call", "Use 'tool_calls' instead of 'function_call' with this model's provider (Anthropic).");
        }

        if (!message.TryGetValue("tool_calls", out var calls))
        {
            return null;
        }

        if (calls.ValueKind != JsonValueKind.Array)
        {
            return Refusals.InvalidValue($"{path}.tool_calls", "The field 'tool_calls' must be a list.");
        }

        var index = 0;
        foreach (var call in calls.EnumerateArray())
        {
            if (WriteToolCall(call, $"{path}.tool_calls[{index++}]") is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private Refusal? WriteToolCall(JsonElement call, string path)
    {
        if (call.GetText("type") is { } type and not "function")
        {
            return Refusals.UnsupportedParameter($"{path}.type", $"Tool calls of the type '{type}' cannot be sent to this model's provider (Anthropic).");
        }

        if (call.GetText("id") is not { Length: > 0 } id)
        {
            return Refusals.MissingField($"{path}.id");
        }

        if (!call.TryGetValue("function", out var function) || function.GetText("name") is not { Length: > 0 } name)
        {
            return Refusals.MissingField($"{path}.function.name");
        }

        OpenTurn("assistant");
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, SafeId(id));
        json.WriteString("name"u8, name);
        json.WritePropertyName("input"u8);
        if (!WriteArguments(function.GetText("arguments")))
        {
            return Refusals.InvalidValue($"{path}.function.arguments", "A tool call's arguments must be a string that holds one JSON object.");
        }

        json.WriteEndObject();
        return null;
    }

    private bool WriteArguments(string? arguments)
    {
        if (string.IsNullOrWhiteSpace(arguments))
        {
            json.WriteStartObject();
            json.WriteEndObject();
            return true;
        }

        try
        {
            using var document = JsonDocument.Parse(arguments);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            document.RootElement.WriteTo(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void OpenTurn(string role)
    {
        if (_openRole == role)
        {
            return;
        }

        CloseTurn();
        _openRole = role;
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteStartArray("content"u8);
    }

    private void CloseTurn()
    {
        if (_openRole is not null)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private void NoteUnknown(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in message.EnumerateObject())
        {
            var isKnown = member.Name is "role" or "content" or "refusal" or "tool_calls" or "tool_call_id" or "function_call" or "cache_control";
            var isEmpty = member.Value.ValueKind == JsonValueKind.Null
                || (member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() == 0);
            if (!isKnown && !isEmpty)
            {
                notes.Dropped($"messages.{member.Name}");
            }
        }
    }

    // Anthropic takes letters, digits, '_' and '-' only; other providers' calls may be in the history.
    private static string SafeId(string id) => string.Create(id.Length, id, static (safe, source) =>
    {
        for (var i = 0; i < source.Length; i++)
        {
            safe[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '_' or '-' ? source[i] : '_';
        }
    });
}

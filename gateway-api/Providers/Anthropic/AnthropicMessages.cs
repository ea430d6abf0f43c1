using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// Writes a conversation's messages: system messages become <c>system</c>, results of tools become blocks of a user's
/// turn, and messages of one side in a row become one turn. A turn is opened by its first block, so that an empty one is
/// never sent.
/// </summary>
internal sealed class AnthropicMessages(Utf8JsonWriter json, TranslationNotes notes)
{
    private readonly AnthropicContent _content = new(json);
    private string? _openRole;

    /// <summary>Writes <c>system</c> and <c>messages</c>, or returns why they cannot be sent.</summary>
    public Refusal? Write(Conversation conversation) => WriteSystem(conversation.Messages) ?? WriteTurns(conversation.Messages);

    private Refusal? WriteSystem(IReadOnlyList<Message> messages)
    {
        var isOpen = false;
        foreach (var message in messages.Where(static message => message.Role == Role.System))
        {
            foreach (var part in message.Parts.Where(AnthropicContent.IsWritten))
            {
                if (part is not (TextPart or RefusalPart))
                {
                    return AnthropicContent.CannotBeSent(part);
                }

                if (!isOpen)
                {
                    isOpen = true;
                    json.WriteStartArray("system"u8);
                }

                _content.WriteText(part, MarkOf(message, part));
            }
        }

        if (isOpen)
        {
            json.WriteEndArray();
        }

        return null;
    }

    private Refusal? WriteTurns(IReadOnlyList<Message> messages)
    {
        json.WriteStartArray("messages"u8);
        foreach (var message in messages)
        {
            if (WriteTurn(message) is { } refusal)
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

    private Refusal? WriteTurn(Message message)
    {
        if (message.Name is not null)
        {
            notes.Dropped("messages.name");
        }

        return message.Role switch
        {
            Role.System => null,
            Role.User => WriteParts(message, "user"),
            Role.Tool => WriteToolResult(message),
            _ => WriteAssistant(message),
        };
    }

    private Refusal? WriteParts(Message message, string role)
    {
        foreach (var part in message.Parts.Where(AnthropicContent.IsWritten))
        {
            OpenTurn(role);
            if (_content.WritePart(part, MarkOf(message, part)) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private Refusal? WriteAssistant(Message message)
    {
        foreach (var part in message.Parts)
        {
            switch (part)
            {
                case ReasoningPart foreign when !ThoughtSignature.IsClaudes(foreign.Signature):
                    // Anthropic takes thoughts back only with its own signature.
                    notes.Dropped("messages.reasoning_content");
                    break;
                case ReasoningPart thought:
                    OpenTurn("assistant");
                    _content.WriteThinking(thought);
                    break;
                case TextPart or RefusalPart when AnthropicContent.IsWritten(part):
                    OpenTurn("assistant");
                    _content.WriteText(part, MarkOf(message, part));
                    break;
                case TextPart or RefusalPart:
                    break;
                default:
                    return AnthropicContent.CannotBeSent(part);
            }
        }

        foreach (var call in message.Calls)
        {
            WriteToolCall(call);
        }

        return null;
    }

    private Refusal? WriteToolResult(Message message)
    {
        OpenTurn("user");
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id"u8, SafeId(message.ToolCallId!));
        var parts = message.Parts.Where(AnthropicContent.IsWritten).ToList();
        if (parts.Count > 0)
        {
            json.WriteStartArray("content"u8);
            foreach (var part in parts)
            {
                if (_content.WritePart(part, part.CacheControl) is { } refusal)
                {
                    return refusal;
                }
            }

            json.WriteEndArray();
        }

        if (message.IsToolError)
        {
            json.WriteBoolean("is_error"u8, true);
        }

        _content.Close(message.CacheControl);
        return null;
    }

    private void WriteToolCall(ToolCall call)
    {
        OpenTurn("assistant");
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, SafeId(call.Id));
        json.WriteString("name"u8, call.Name);
        json.WritePropertyName("input"u8);
        using (var arguments = JsonDocument.Parse(call.Arguments, AnthropicAnswer.ReaderOptions))
        {
            arguments.RootElement.WriteTo(json);
        }

        json.WriteEndObject();
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

    // The mark of a whole message is that of its last part.
    private static JsonElement MarkOf(Message message, Part part) =>
        part.CacheControl.ValueKind == JsonValueKind.Undefined && ReferenceEquals(part, message.Parts[^1]) ? message.CacheControl : part.CacheControl;

    // Anthropic takes letters, digits, '_' and '-' only; other providers' calls may be in the history.
    private static string SafeId(string id) => string.Create(id.Length, id, static (safe, source) =>
    {
        for (var i = 0; i < source.Length; i++)
        {
            safe[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '_' or '-' ? source[i] : '_';
        }
    });
}

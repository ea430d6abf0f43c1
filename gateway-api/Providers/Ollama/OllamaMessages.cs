using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Writes <c>messages</c>: content is one string, images stand beside it, arguments are objects.</summary>
internal sealed class OllamaMessages(Utf8JsonWriter json, TranslationNotes notes)
{
    // Ollama's templates know a result by its function's name, clients only by its call's id.
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Writes them, or returns why they cannot be sent.</summary>
    public Refusal? Write(Conversation conversation)
    {
        json.WriteStartArray("messages"u8);
        foreach (var message in conversation.Messages)
        {
            if (WriteMessage(message) is { } refusal)
            {
                return refusal;
            }
        }

        json.WriteEndArray();
        return null;
    }

    private Refusal? WriteMessage(Message message)
    {
        if (message.Name is not null)
        {
            notes.Dropped($"{message.Path}.name");
        }

        json.WriteStartObject();
        json.WriteString("role"u8, message.Role.Word());
        json.WriteString("content"u8, TextOf(message));
        if (message.Role == Role.Tool)
        {
            WriteResult(message.ToolCallId ?? "");
        }

        WriteThoughts(message);
        if (WriteImages(message) is { } refusal)
        {
            return refusal;
        }

        WriteCalls(message.Calls);
        json.WriteEndObject();
        return null;
    }

    private static string TextOf(Message message) => string.Concat(message.Parts.Select(static part => part switch
    {
        TextPart text => text.Text,
        RefusalPart refusal => refusal.Text,
        _ => "",
    }));

    private void WriteResult(string callId)
    {
        if (_names.TryGetValue(callId, out var name))
        {
            json.WriteString("tool_name"u8, name);
        }

        json.WriteString("tool_call_id"u8, callId);
    }

    // Models go on from what they thought before a call; what they thought in other turns they do without.
    private void WriteThoughts(Message message)
    {
        var thoughts = message.Calls.Count == 0 ? "" : string.Concat(message.Parts.OfType<ReasoningPart>().Select(static part => part.Text));
        if (thoughts.Length > 0)
        {
            json.WriteString("thinking"u8, thoughts);
        }
    }

    private Refusal? WriteImages(Message message)
    {
        var isOpen = false;
        foreach (var part in message.Parts)
        {
            switch (part)
            {
                case ImagePart { Data: { } data }:
                    if (!isOpen)
                    {
                        json.WriteStartArray("images"u8);
                        isOpen = true;
                    }

                    json.WriteStringValue(data.Base64.Span);
                    break;
                case ImagePart:
                    return Refusals.UnsupportedParameter(part.Path, "This model's provider (Ollama) fetches no images: send a data URL in base64.");
                case FilePart or AudioPart:
                    return Refusals.UnsupportedParameter(part.Path, "This model's provider (Ollama) takes text and images as content.");
                default:
                    break;
            }
        }

        if (isOpen)
        {
            json.WriteEndArray();
        }

        return null;
    }

    private void WriteCalls(IReadOnlyList<ToolCall> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            _names[call.Id] = call.Name;
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WritePropertyName("arguments"u8);
            json.WriteRawValue(call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

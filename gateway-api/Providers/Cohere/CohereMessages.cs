using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Writes <c>messages</c>. Calls and images have OpenAI's form.</summary>
internal sealed class CohereMessages(Utf8JsonWriter json, TranslationNotes notes)
{
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
        if (message.Role == Role.Tool)
        {
            json.WriteString("tool_call_id"u8, message.ToolCallId);
        }

        if ((message.Role == Role.Assistant ? WriteAssistant(message) : WriteContent(message)) is { } refusal)
        {
            return refusal;
        }

        json.WriteEndObject();
        return null;
    }

    private Refusal? WriteContent(Message message)
    {
        var parts = message.Parts.Where(static part => part is not ReasoningPart).ToList();
        if (parts.Count == 0 || (parts.Count == 1 && parts[0] is TextPart))
        {
            json.WriteString("content"u8, parts.Count == 0 ? "" : ((TextPart)parts[0]).Text);
            return null;
        }

        json.WriteStartArray("content"u8);
        foreach (var part in parts)
        {
            switch (part)
            {
                case TextPart text:
                    WriteTyped("text", text.Text);
                    break;
                case ImagePart image when message.Role == Role.User:
                    json.WriteStartObject();
                    OpenAiChatMessages.WriteImage(image, json);
                    json.WriteEndObject();
                    break;
                default:
                    return Unfit(part);
            }
        }

        json.WriteEndArray();
        return null;
    }

    // What an assistant said before its calls is Cohere's plan, and reads back as such.
    private Refusal? WriteAssistant(Message message)
    {
        if (message.Parts.FirstOrDefault(static part => part is not (TextPart or RefusalPart or ReasoningPart)) is { } unfit)
        {
            return Unfit(unfit);
        }

        var text = string.Concat(message.Parts.Select(static part => part switch
        {
            TextPart said => said.Text,
            RefusalPart refusal => refusal.Text,
            _ => "",
        }));
        if (message.Calls.Count == 0)
        {
            json.WriteString("content"u8, text);
            return null;
        }

        if (text.Length > 0)
        {
            json.WriteString("tool_plan"u8, text);
        }

        WriteThoughts(message.Parts);
        OpenAiChatMessages.WriteCalls(message.Calls, json);
        return null;
    }

    // Cohere asks for the thoughts that led to a call, so that the model goes on from them; those of other turns it does not need.
    private void WriteThoughts(IReadOnlyList<Part> parts)
    {
        var thoughts = string.Concat(parts.OfType<ReasoningPart>().Select(static part => part.Text));
        if (thoughts.Length > 0)
        {
            json.WriteStartArray("content"u8);
            WriteTyped("thinking", thoughts);
            json.WriteEndArray();
        }
    }

    private void WriteTyped(string type, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString(type, text);
        json.WriteEndObject();
    }

    private static Refusal Unfit(Part part) => Refusals.UnsupportedParameter(
        part.Path, "This model's provider (Cohere) takes text, and images of the role 'user', as content.");
}

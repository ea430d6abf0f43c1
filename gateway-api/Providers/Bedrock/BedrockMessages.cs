using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>Writes <c>system</c> and <c>messages</c>. Converse wants turns of both sides in alternation, a user's first.</summary>
internal static class BedrockMessages
{
    /// <summary>Writes both, or returns why they cannot be sent.</summary>
    public static Refusal? Write(BedrockWriting writing)
    {
        var content = new BedrockContent(writing);
        return WriteSystem(writing, content) ?? WriteTurns(writing, content);
    }

    private static Refusal? WriteSystem(BedrockWriting writing, BedrockContent content)
    {
        var json = writing.Json;
        var hasAny = false;
        foreach (var message in writing.Conversation.Messages)
        {
            if (message.Role != Role.System || !content.HasAny(message))
            {
                continue;
            }

            if (message.Parts.FirstOrDefault(static part => part is not TextPart) is { } other)
            {
                return Refusals.UnsupportedParameter(other.Path, "Instructions can only be text.");
            }

            if (!hasAny)
            {
                json.WriteStartArray("system"u8);
                hasAny = true;
            }

            if (content.WriteParts(message) is { } fault)
            {
                return fault;
            }
        }

        if (hasAny)
        {
            json.WriteEndArray();
        }

        return null;
    }

    private static Refusal? WriteTurns(BedrockWriting writing, BedrockContent content)
    {
        var json = writing.Json;
        Role? side = null;
        json.WriteStartArray("messages"u8);
        foreach (var message in writing.Conversation.Messages)
        {
            if (message.Role == Role.System || !content.HasAny(message))
            {
                continue;
            }

            var speaker = message.Role == Role.Assistant ? Role.Assistant : Role.User;
            if (speaker != side)
            {
                if (side is null && speaker == Role.Assistant)
                {
                    return Refusals.InvalidValue(message.Path, "A conversation with this model's provider must begin with a user's message.");
                }

                BeginTurn(speaker, side is null, json);
                side = speaker;
            }

            if (message.Name is not null)
            {
                writing.Notes.Dropped("messages.name");
            }

            if (content.WriteMessage(message) is { } fault)
            {
                return fault;
            }
        }

        if (side is null)
        {
            return Refusals.InvalidValue("messages", "The field 'messages' must have at least one message of a user that is not blank.");
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        return null;
    }

    private static void BeginTurn(Role speaker, bool isFirst, Utf8JsonWriter json)
    {
        if (!isFirst)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteStartObject();
        json.WriteString("role"u8, speaker == Role.Assistant ? "assistant"u8 : "user"u8);
        json.WriteStartArray("content"u8);
    }
}

using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Writes the messages of a conversation in the form of Chat Completions.</summary>
/// <param name="thoughtsMember">The member that thoughts go back in; <see langword="null"/>: they are left out.</param>
/// <param name="json">Takes the messages.</param>
internal sealed class OpenAiChatMessages(string? thoughtsMember, Utf8JsonWriter json)
{
    /// <summary>Writes <c>messages</c>, or returns why they cannot be sent.</summary>
    public Refusal? Write(Conversation conversation)
    {
        json.WriteStartArray("messages"u8);
        var shown = new List<Part>();
        foreach (var message in conversation.Messages)
        {
            if (Place(message, shown) is { } refusal)
            {
                return refusal;
            }
        }

        if (shown.Count > 0 && WriteMessage(new Message(Role.User) { Parts = shown }) is { } fault)
        {
            return fault;
        }

        json.WriteEndArray();
        return null;
    }

    // A tool's result can be text only: what else it shows, the user does, once all results are there.
    private Refusal? Place(Message message, List<Part> shown)
    {
        if (message.Role == Role.Tool)
        {
            shown.AddRange(message.Parts.Where(static part => part is not TextPart));
            return WriteMessage(message with { Parts = [.. message.Parts.Where(static part => part is TextPart)] });
        }

        if (shown.Count == 0)
        {
            return WriteMessage(message);
        }

        Part[] parts = [.. shown];
        shown.Clear();
        return message.Role == Role.User
            ? WriteMessage(message with { Parts = [.. parts, .. message.Parts] })
            : WriteMessage(new Message(Role.User) { Parts = parts }) ?? WriteMessage(message);
    }

    private Refusal? WriteMessage(Message message)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, message.Role.Word());
        if (message.Name is { } name)
        {
            json.WriteString("name"u8, name);
        }

        if (message.ToolCallId is { } id)
        {
            json.WriteString("tool_call_id"u8, id);
        }

        WriteThoughts(message);
        if (WriteContent(message) is { } refusal)
        {
            return refusal;
        }

        WriteCalls(message.Calls, json);
        json.WriteEndObject();
        return null;
    }

    // Most servers do not ask for thoughts of earlier turns, and what they make of them differs.
    private void WriteThoughts(Message message)
    {
        var thoughts = message.Parts.OfType<ReasoningPart>().Where(static thought => thought.Text.Length > 0).ToList();
        if (thoughtsMember is not null && thoughts.Count > 0)
        {
            json.WriteString(thoughtsMember, string.Join("\n\n", thoughts.Select(static thought => thought.Text)));
        }
    }

    private Refusal? WriteContent(Message message)
    {
        var parts = message.Parts.Where(static part => part is not (ReasoningPart or RefusalPart)).ToList();
        if (message.Parts.OfType<RefusalPart>().FirstOrDefault() is { } refusal)
        {
            json.WriteString("refusal"u8, refusal.Text);
        }

        if (parts.Count == 0)
        {
            // An assistant that only called tools has said nothing; everybody else's content must be a string.
            json.WriteString("content"u8, message.Role == Role.Assistant && (message.Calls.Count > 0 || message.Parts.Count > 0) ? null : "");
            return null;
        }

        // The plain form, where it can hold the content: many servers take no other, for some roles none does.
        if (parts.TrueForAll(static part => part is TextPart))
        {
            json.WriteString("content"u8, string.Join(message.Role == Role.System ? "\n\n" : "", parts.Cast<TextPart>().Select(static part => part.Text)));
            return null;
        }

        json.WriteStartArray("content"u8);
        foreach (var part in parts)
        {
            if (WritePart(part) is { } fault)
            {
                return fault;
            }
        }

        json.WriteEndArray();
        return null;
    }

    private Refusal? WritePart(Part part)
    {
        json.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, text.Text);
                break;
            case ImagePart image:
                WriteImage(image, json);
                break;
            case FilePart { Url: not null } file:
                return Refusals.UnsupportedParameter(file.Path, "A file must be sent with its data: this model's provider fetches none.");
            case FilePart file:
                WriteFile(file);
                break;
            case AudioPart audio:
                json.WriteString("type"u8, "input_audio"u8);
                json.WriteStartObject("input_audio"u8);
                json.WriteString("data"u8, audio.Base64);
                json.WriteString("format"u8, audio.Format);
                json.WriteEndObject();
                break;
        }

        json.WriteEndObject();
        return null;
    }

    /// <summary>Writes the members of a part <c>image_url</c>.</summary>
    public static void WriteImage(ImagePart image, Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString("url"u8, image.Url ?? image.Data!.Value.ToString());
        if (image.Detail is { } detail)
        {
            json.WriteString("detail"u8, detail);
        }

        json.WriteEndObject();
    }

    private void WriteFile(FilePart file)
    {
        json.WriteString("type"u8, "file"u8);
        json.WriteStartObject("file"u8);
        if (file.Data is { } data)
        {
            json.WriteString("filename"u8, file.FileName ?? "document");
            json.WriteString("file_data"u8, data.ToString());
        }
        else
        {
            json.WriteString("file_id"u8, file.FileId);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes <c>tool_calls</c>, if there are any.</summary>
    public static void WriteCalls(IReadOnlyList<ToolCall> calls, Utf8JsonWriter json)
    {
        if (calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

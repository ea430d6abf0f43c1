using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>Writes the messages of a conversation as items of Responses: what an assistant said in one message becomes several.</summary>
internal static class ResponsesInput
{
    /// <summary>Writes <c>input</c>.</summary>
    public static void Write(Conversation conversation, Utf8JsonWriter json)
    {
        json.WriteStartArray("input"u8);
        foreach (var message in conversation.Messages)
        {
            switch (message.Role)
            {
                case Role.Tool:
                    WriteResult(message, json);
                    break;
                case Role.Assistant:
                    WriteAssistant(message, json);
                    break;
                default:
                    WriteMessage(message.Role == Role.System ? "system"u8 : "user"u8, message.Parts, json);
                    break;
            }
        }

        json.WriteEndArray();
    }

    private static void WriteAssistant(Message message, Utf8JsonWriter json)
    {
        foreach (var thought in message.Parts.OfType<ReasoningPart>())
        {
            WriteReasoning(thought, json);
        }

        WriteSaid(message, json);

        foreach (var call in message.Calls)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function_call"u8);
            json.WriteString("call_id"u8, call.Id);
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, call.Arguments);
            json.WriteEndObject();
        }
    }

    // As plain text: the list of parts that Responses has for it is that of an item of its own, with an id and a status.
    private static void WriteSaid(Message message, Utf8JsonWriter json)
    {
        var said = message.Parts.Select(static part => part switch
        {
            TextPart text => text.Text,
            RefusalPart refusal => refusal.Text,
            _ => null,
        }).OfType<string>().ToList();
        if (said.Count > 0)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "message"u8);
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, string.Concat(said));
            json.WriteEndObject();
        }
    }

    // Thoughts go back only where this provider sealed them; it makes nothing of anybody else's.
    private static void WriteReasoning(ReasoningPart thought, Utf8JsonWriter json)
    {
        if (!ReasoningToken.TryParse(thought.Signature, out var id, out var content))
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "reasoning"u8);
        json.WriteString("id"u8, id);
        json.WriteStartArray("summary"u8);
        if (thought.Text.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "summary_text"u8);
            json.WriteString("text"u8, thought.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("encrypted_content"u8, content);
        json.WriteEndObject();
    }

    private static void WriteResult(Message message, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function_call_output"u8);
        json.WriteString("call_id"u8, message.ToolCallId);
        if (message.Parts.All(static part => part is TextPart))
        {
            json.WriteString("output"u8, message.Text);
        }
        else
        {
            json.WriteStartArray("output"u8);
            WriteParts(message.Parts, json);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteMessage(ReadOnlySpan<byte> role, IReadOnlyList<Part> parts, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, role);
        json.WriteStartArray("content"u8);
        WriteParts(parts, json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteParts(IReadOnlyList<Part> parts, Utf8JsonWriter json)
    {
        foreach (var part in parts.Where(static part => part is not ReasoningPart))
        {
            json.WriteStartObject();
            WritePart(part, json);
            json.WriteEndObject();
        }
    }

    private static void WritePart(Part part, Utf8JsonWriter json)
    {
        switch (part)
        {
            case TextPart text:
                json.WriteString("type"u8, "input_text"u8);
                json.WriteString("text"u8, text.Text);
                return;
            case ImagePart image:
                json.WriteString("type"u8, "input_image"u8);
                json.WriteString("image_url"u8, image.Url ?? image.Data!.Value.ToString());
                json.WriteString("detail"u8, image.Detail ?? "auto");
                return;
            case FilePart file:
                WriteFile(file, json);
                return;
        }
    }

    private static void WriteFile(FilePart file, Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "input_file"u8);
        if (file.Data is { } data)
        {
            json.WriteString("filename"u8, file.FileName ?? "document");
            json.WriteString("file_data"u8, data.ToString());
        }
        else if (file.Url is { } url)
        {
            json.WriteString("file_url"u8, url);
        }
        else
        {
            json.WriteString("file_id"u8, file.FileId);
        }
    }
}

using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>Makes messages of Microsoft.Extensions.AI of those of a conversation.</summary>
internal static class OwnCodeMessages
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 128 };

    /// <summary>Makes all, or returns why one cannot be sent.</summary>
    public static Refusal? Create(IReadOnlyList<Message> messages, out IReadOnlyList<ChatMessage> made)
    {
        var list = new List<ChatMessage>(messages.Count);
        made = list;
        foreach (var message in messages)
        {
            var contents = new List<AIContent>(message.Parts.Count + message.Calls.Count);
            if (AddParts(message, contents) is { } refusal)
            {
                return refusal;
            }

            contents.AddRange(message.Calls.Select(CallOf));
            list.Add(new ChatMessage(RoleOf(message.Role), message.Role == Role.Tool ? [ResultOf(message, contents)] : contents) { AuthorName = message.Name });
        }

        return null;
    }

    private static Refusal? AddParts(Message message, List<AIContent> contents)
    {
        foreach (var part in message.Parts)
        {
            try
            {
                if (ContentOf(part) is { } content)
                {
                    contents.Add(content);
                }
            }
            catch (Exception exception) when (exception is ArgumentException or FormatException)
            {
                // Media types and addresses are checked where they are made into contents.
                return Refusals.InvalidValue(part.Path, $"'{part.Path}' holds data or an address that cannot be read.");
            }
        }

        return null;
    }

    private static AIContent? ContentOf(Part part) => part switch
    {
        TextPart text => new TextContent(text.Text),
        RefusalPart refusal => new TextContent(refusal.Text),
        ReasoningPart thought => new TextReasoningContent(thought.Text) { ProtectedData = thought.Signature },
        ImagePart { Data: { } data } => DataOf(data),
        ImagePart image => WithDetail(new UriContent(image.Url!, "image/*"), image.Detail),
        FilePart { Data: { } data } file => DataOf(data, file.FileName),
        FilePart { Url: { } url } => new UriContent(url, "application/octet-stream"),
        FilePart { FileId: { } id } => new HostedFileContent(id),
        AudioPart sound => DataOf(new DataUrl(sound.Format == "mp3" ? "audio/mpeg" : "audio/" + sound.Format, sound.Base64.AsMemory())),
        _ => null,
    };

    private static DataContent DataOf(DataUrl data, string? name = null) => Base64.IsValid(data.Base64.Span)
        ? new DataContent(data.ToString()) { Name = name }
        : throw new FormatException();

    private static UriContent WithDetail(UriContent image, string? detail)
    {
        if (detail is not null)
        {
            image.AdditionalProperties = new() { ["detail"] = detail };
        }

        return image;
    }

    private static FunctionCallContent CallOf(ToolCall call)
    {
        // Checked where the request was read: it is one JSON object.
        using var arguments = JsonDocument.Parse(call.Arguments, Depth);
        return new FunctionCallContent(call.Id, call.Name, arguments.RootElement.EnumerateObject()
            .GroupBy(static member => member.Name, StringComparer.Ordinal)
            .ToDictionary(static member => member.Key, static member => (object?)member.Last().Value.Clone(), StringComparer.Ordinal));
    }

    private static FunctionResultContent ResultOf(Message message, List<AIContent> contents)
    {
        var result = new FunctionResultContent(message.ToolCallId ?? "", contents.TrueForAll(static content => content is TextContent) ? message.Text : contents);
        if (message.IsToolError)
        {
            result.AdditionalProperties = new() { ["is_error"] = true };
        }

        return result;
    }

    private static ChatRole RoleOf(Role role) => role switch
    {
        Role.System => ChatRole.System,
        Role.Assistant => ChatRole.Assistant,
        Role.Tool => ChatRole.Tool,
        _ => ChatRole.User,
    };
}

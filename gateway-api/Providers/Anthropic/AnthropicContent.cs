using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Writes the parts of one message as blocks. Nothing is ever fetched: a URL stays a URL.</summary>
internal sealed class AnthropicContent(Utf8JsonWriter json)
{
    private const string Provider = "this model's provider (Anthropic)";

    /// <summary>Whether anything is sent for a part: Anthropic refuses text without a visible character.</summary>
    public static bool IsWritten(Part part) => part switch
    {
        TextPart text => !string.IsNullOrWhiteSpace(text.Text),
        RefusalPart refusal => !string.IsNullOrWhiteSpace(refusal.Text),
        _ => true,
    };

    /// <summary>Why a part is not for this place.</summary>
    public static Refusal CannotBeSent(Part part)
    {
        var type = part switch
        {
            ImagePart => "image",
            FilePart => "file",
            AudioPart => "audio",
            ReasoningPart => "reasoning",
            _ => "text",
        };
        return Refusals.UnsupportedParameter(part.Path, $"Content of the type '{type}' cannot be sent here to {Provider}.");
    }

    /// <summary>Writes a part of a user's message or of a tool's result.</summary>
    /// <param name="part">The part.</param>
    /// <param name="mark">Its <c>cache_control</c>; undefined: none.</param>
    public Refusal? WritePart(Part part, JsonElement mark)
    {
        switch (part)
        {
            case TextPart or RefusalPart:
                WriteText(part, mark);
                return null;
            case ImagePart image:
                return WriteImage(image, mark);
            case FilePart file:
                return WriteFile(file, mark);
            default:
                return CannotBeSent(part);
        }
    }

    /// <summary>Writes text, or what an assistant said when it refused.</summary>
    /// <inheritdoc cref="WritePart"/>
    public void WriteText(Part part, JsonElement mark)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, part is TextPart text ? text.Text : ((RefusalPart)part).Text);
        Close(mark);
    }

    /// <summary>Writes a thought with its signature.</summary>
    public void WriteThinking(ReasoningPart thought)
    {
        json.WriteStartObject();
        if (thought.IsRedacted)
        {
            json.WriteString("type"u8, "redacted_thinking"u8);
            json.WriteString("data"u8, thought.Signature);
        }
        else
        {
            json.WriteString("type"u8, "thinking"u8);
            json.WriteString("thinking"u8, thought.Text);
            json.WriteString("signature"u8, thought.Signature);
        }

        json.WriteEndObject();
    }

    /// <summary>Ends a block.</summary>
    /// <param name="mark">Its <c>cache_control</c>; undefined: none.</param>
    public void Close(JsonElement mark)
    {
        if (mark.ValueKind != JsonValueKind.Undefined)
        {
            json.WritePropertyName("cache_control"u8);
            mark.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private Refusal? WriteImage(ImagePart image, JsonElement mark)
    {
        if (image.Data is not { } data)
        {
            WriteUrl("image", image.Url!);
            Close(mark);
            return null;
        }

        var mediaType = data.MediaType == "image/jpg" ? "image/jpeg" : data.MediaType;
        if (mediaType is not ("image/jpeg" or "image/png" or "image/gif" or "image/webp"))
        {
            return Refusals.UnsupportedParameter(image.Path, "Images must be JPEG, PNG, GIF or WebP.");
        }

        WriteBase64("image", mediaType, data);
        Close(mark);
        return null;
    }

    private Refusal? WriteFile(FilePart file, JsonElement mark)
    {
        if (file.Url is { } url)
        {
            WriteUrl("document", url);
        }
        else if (file.Data is { MediaType: "application/pdf" } data)
        {
            WriteBase64("document", data.MediaType, data);
        }
        else
        {
            return Refusals.UnsupportedParameter(file.Path, $"A file for {Provider} must be a PDF, sent as a data URL in base64.");
        }

        if (file.FileName is { Length: > 0 } name)
        {
            json.WriteString("title"u8, name);
        }

        Close(mark);
        return null;
    }

    private void WriteUrl(string type, string url)
    {
        OpenSource(type);
        json.WriteString("type"u8, "url"u8);
        json.WriteString("url"u8, url);
        json.WriteEndObject();
    }

    private void WriteBase64(string type, string mediaType, DataUrl data)
    {
        OpenSource(type);
        json.WriteString("type"u8, "base64"u8);
        json.WriteString("media_type"u8, mediaType);
        json.WriteString("data"u8, data.Base64.Span);
        json.WriteEndObject();
    }

    private void OpenSource(string type)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteStartObject("source"u8);
    }
}

using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Translates the content of one message into blocks. Nothing is ever fetched: a URL stays a URL.</summary>
internal sealed class AnthropicContent(Utf8JsonWriter json)
{
    private const string Provider = "this model's provider (Anthropic)";

    /// <summary>Writes the content of a message that can hold text only.</summary>
    /// <param name="message">The message.</param>
    /// <param name="path">Where the content stands in the request.</param>
    /// <param name="open">Called before each block.</param>
    public Refusal? WriteText(JsonElement message, string path, Action open)
    {
        var refusal = Write(message, path, open, textOnly: true);
        if (refusal is null && message.GetText("refusal") is { } said)
        {
            WriteTextBlock(said, default, open);
        }

        return refusal;
    }

    /// <summary>Writes the content of a message that can hold text, images and files.</summary>
    /// <inheritdoc cref="WriteText"/>
    public Refusal? WriteParts(JsonElement message, string path, Action open) => Write(message, path, open, textOnly: false);

    private Refusal? Write(JsonElement message, string path, Action open, bool textOnly)
    {
        if (!message.TryGetValue("content", out var content))
        {
            return null;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            WriteTextBlock(content.GetString()!, message, open);
            return null;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            return Refusals.InvalidValue(path, "A message's content must be a string or a list of parts.");
        }

        var index = 0;
        foreach (var part in content.EnumerateArray())
        {
            if (WritePart(part, $"{path}[{index++}]", open, textOnly) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private Refusal? WritePart(JsonElement part, string path, Action open, bool textOnly)
    {
        switch (part.GetText("type"))
        {
            case "text" when part.GetText("text") is { } text:
                WriteTextBlock(text, part, open);
                return null;
            case "text":
                return Refusals.MissingField($"{path}.text");
            case "refusal":
                WriteTextBlock(part.GetText("refusal") ?? "", part, open);
                return null;
            case "image_url" when !textOnly:
                return WriteImage(part, path, open);
            case "file" when !textOnly:
                return WriteFile(part, path, open);
            case null:
                return Refusals.MissingField($"{path}.type");
            case var type:
                return Refusals.UnsupportedParameter(path, $"Content of the type '{type}' cannot be sent here to {Provider}.");
        }
    }

    // Anthropic refuses blocks without a visible character.
    private void WriteTextBlock(string text, JsonElement marked, Action open)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        open();
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        CloseBlock(marked);
    }

    private Refusal? WriteImage(JsonElement part, string path, Action open)
    {
        path += ".image_url";
        var url = part.TryGetValue("image_url", out var image) && image.ValueKind == JsonValueKind.Object ? image.GetText("url") : part.GetText("image_url");
        if (url is null)
        {
            return Refusals.MissingField($"{path}.url");
        }

        if (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            OpenBlock("image", open);
            json.WriteString("type"u8, "url"u8);
            json.WriteString("url"u8, url);
            json.WriteEndObject();
            CloseBlock(part);
            return null;
        }

        if (!DataUrl.TryParse(url, out var data))
        {
            return Refusals.InvalidValue(path, $"An image for {Provider} must be an https URL or a data URL in base64.");
        }

        var mediaType = data.MediaType == "image/jpg" ? "image/jpeg" : data.MediaType;
        if (mediaType is not ("image/jpeg" or "image/png" or "image/gif" or "image/webp"))
        {
            return Refusals.UnsupportedParameter(path, "Images must be JPEG, PNG, GIF or WebP.");
        }

        WriteBase64("image", mediaType, data, open);
        CloseBlock(part);
        return null;
    }

    private Refusal? WriteFile(JsonElement part, string path, Action open)
    {
        path += ".file";
        if (!part.TryGetValue("file", out var file) || file.GetText("file_data") is not { } url)
        {
            return Refusals.UnsupportedParameter(path, $"A file for {Provider} must be sent as 'file_data'.");
        }

        if (!DataUrl.TryParse(url, out var data) || data.MediaType != "application/pdf")
        {
            return Refusals.UnsupportedParameter(path, "A file must be a PDF as a data URL in base64.");
        }

        WriteBase64("document", data.MediaType, data, open);
        if (file.GetText("filename") is { Length: > 0 } name)
        {
            json.WriteString("title"u8, name);
        }

        CloseBlock(part);
        return null;
    }

    private void WriteBase64(string type, string mediaType, DataUrl data, Action open)
    {
        OpenBlock(type, open);
        json.WriteString("type"u8, "base64"u8);
        json.WriteString("media_type"u8, mediaType);
        json.WriteString("data"u8, data.Base64.Span);
        json.WriteEndObject();
    }

    private void OpenBlock(string type, Action open)
    {
        open();
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteStartObject("source"u8);
    }

    private void CloseBlock(JsonElement marked)
    {
        if (marked.TryGetValue("cache_control", out var cacheControl))
        {
            json.WritePropertyName("cache_control"u8);
            cacheControl.WriteTo(json);
        }

        json.WriteEndObject();
    }
}

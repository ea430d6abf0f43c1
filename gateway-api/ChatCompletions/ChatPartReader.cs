using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>Reads the content of a message: a string or a list of parts. Nothing is ever fetched: a URL stays a URL.</summary>
internal sealed class ChatPartReader(FieldReader fields)
{
    /// <summary>Adds a message's parts.</summary>
    /// <param name="message">The message.</param>
    /// <param name="path">Where its content stands.</param>
    /// <param name="parts">Takes them.</param>
    public void Read(JsonElement message, string path, List<Part> parts)
    {
        if (!message.TryGetValue("content", out var content))
        {
            return;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            parts.Add(new TextPart(content.GetString()!, path));
            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            fields.Refuse(Refusals.InvalidValue(path, "A message's content must be a string or a list of parts."));
            return;
        }

        var index = 0;
        foreach (var part in content.EnumerateArray())
        {
            if (ReadPart(part, $"{path}[{index++}]") is { } read)
            {
                part.TryGetValue("cache_control", out var cacheControl);
                parts.Add(read with { CacheControl = cacheControl });
            }
        }
    }

    private Part? ReadPart(JsonElement part, string path)
    {
        switch (part.GetText("type"))
        {
            case "text" when part.GetText("text") is { } text:
                return new TextPart(text, path);
            case "text":
                fields.Refuse(Refusals.MissingField($"{path}.text"));
                return null;
            case "refusal":
                return new RefusalPart(part.GetText("refusal") ?? "", path);
            case "image_url":
                return ReadImage(part, path + ".image_url");
            case "file":
                return ReadFile(part, path + ".file");
            case "input_audio":
                return ReadAudio(part, path + ".input_audio.");
            case null:
                fields.Refuse(Refusals.MissingField($"{path}.type"));
                return null;
            case var type:
                fields.Refuse(Refusals.UnsupportedParameter(path, $"Content of the type '{type}' cannot be sent to this model's provider."));
                return null;
        }
    }

    private ImagePart? ReadImage(JsonElement part, string path)
    {
        part.TryGetValue("image_url", out var image);
        var url = image.ValueKind == JsonValueKind.String ? image.GetString() : image.GetText("url");
        if (url is null)
        {
            fields.Refuse(Refusals.MissingField($"{path}.url"));
            return null;
        }

        if (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return new ImagePart(null, url, image.GetText("detail"), path);
        }

        if (DataUrl.TryParse(url, out var data))
        {
            return new ImagePart(data, null, image.GetText("detail"), path);
        }

        fields.Refuse(Refusals.InvalidValue(path, "An image for this model's provider must be an https URL or a data URL in base64."));
        return null;
    }

    private FilePart? ReadFile(JsonElement part, string path)
    {
        part.TryGetValue("file", out var file);
        var name = file.GetText("filename");
        if (file.GetText("file_data") is not { } url)
        {
            return new FilePart(null, null, fields.RequiredText(file, "file_id", path + "."), name, path);
        }

        if (DataUrl.TryParse(url, out var data))
        {
            return new FilePart(data, null, null, name, path);
        }

        fields.Refuse(Refusals.InvalidValue(path + ".file_data", "A file must be a data URL in base64."));
        return null;
    }

    private AudioPart ReadAudio(JsonElement part, string inner)
    {
        part.TryGetValue("input_audio", out var audio);
        return new AudioPart(fields.RequiredText(audio, "data", inner), fields.RequiredText(audio, "format", inner), inner[..^1]);
    }
}

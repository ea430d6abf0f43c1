using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>Reads the content of an item: a string or a list of parts. Nothing is ever fetched: a URL stays a URL.</summary>
internal sealed class ResponsesPartReader(FieldReader fields)
{
    /// <summary>Adds an item's parts.</summary>
    /// <param name="item">The item.</param>
    /// <param name="member">What its content is called.</param>
    /// <param name="path">Where the item stands.</param>
    /// <param name="parts">Takes them.</param>
    public void Read(JsonElement item, string member, string path, List<Part> parts)
    {
        path = $"{path}.{member}";
        if (!item.TryGetValue(member, out var content))
        {
            fields.Refuse(Refusals.MissingField(path));
            return;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            parts.Add(new TextPart(content.GetString()!, path));
            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            fields.Refuse(Refusals.InvalidValue(path, $"The field '{path}' must be a string or a list of parts."));
            return;
        }

        var index = 0;
        foreach (var part in content.EnumerateArray())
        {
            if (ReadPart(part, $"{path}[{index++}]") is { } read)
            {
                parts.Add(read);
            }
        }
    }

    private Part? ReadPart(JsonElement part, string path)
    {
        switch (part.GetText("type"))
        {
            case "input_text" or "output_text" or "text" when part.GetText("text") is { } text:
                return new TextPart(text, path);
            case "input_text" or "output_text" or "text":
                fields.Refuse(Refusals.MissingField($"{path}.text"));
                return null;
            case "refusal":
                return new RefusalPart(part.GetText("refusal") ?? "", path);
            case "input_image":
                return ReadImage(part, path);
            case "input_file":
                return ReadFile(part, path);
            case "input_audio":
                part.TryGetValue("input_audio", out var audio);
                return new AudioPart(
                    fields.RequiredText(audio, "data", path + ".input_audio."), fields.RequiredText(audio, "format", path + ".input_audio."), path);
            case null:
                fields.Refuse(Refusals.MissingField($"{path}.type"));
                return null;
            case var type:
                fields.Refuse(Refusals.UnsupportedParameter(
                    path, $"Content of the type '{(type.Length <= 32 ? type : type[..32])}' cannot be sent to this model's provider."));
                return null;
        }
    }

    private ImagePart? ReadImage(JsonElement part, string path)
    {
        if (part.GetText("image_url") is not { } url)
        {
            fields.Refuse(part.TryGetValue("file_id", out _)
                ? Refusals.UnsupportedParameter($"{path}.file_id", "An image must be sent with its data or as a URL: this model's provider does not keep your files.")
                : Refusals.MissingField($"{path}.image_url"));
            return null;
        }

        if (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return new ImagePart(null, url, part.GetText("detail"), path);
        }

        if (DataUrl.TryParse(url, out var data))
        {
            return new ImagePart(data, null, part.GetText("detail"), path);
        }

        fields.Refuse(Refusals.InvalidValue($"{path}.image_url", "An image for this model's provider must be an https URL or a data URL in base64."));
        return null;
    }

    private FilePart? ReadFile(JsonElement part, string path)
    {
        var name = part.GetText("filename");
        if (part.GetText("file_url") is { } url)
        {
            return new FilePart(null, url, null, name, path);
        }

        if (part.GetText("file_data") is not { } text)
        {
            return new FilePart(null, null, fields.RequiredText(part, "file_id", path + "."), name, path);
        }

        if (DataUrl.TryParse(text, out var data))
        {
            return new FilePart(data, null, null, name, path);
        }

        fields.Refuse(Refusals.InvalidValue(path + ".file_data", "A file must be a data URL in base64."));
        return null;
    }
}

using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Reads blocks of content: text, images, documents. Nothing is ever fetched: a URL stays a URL.</summary>
internal sealed class MessagesBlockReader(FieldReader fields)
{
    /// <summary>The blocks of a member with where each stands; a string is one block, itself; missing or null is none.</summary>
    public IEnumerable<(JsonElement Block, string Path)> Enumerate(JsonElement parent, string name, string path)
    {
        if (!parent.TryGetValue(name, out var content))
        {
            yield break;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            yield return (content, path);
            yield break;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            fields.Refuse(Refusals.InvalidValue(path, "Content must be a string or a list of blocks."));
            yield break;
        }

        var index = 0;
        foreach (var block in content.EnumerateArray())
        {
            yield return (block, $"{path}[{index++}]");
        }
    }

    /// <summary>Adds what a block says.</summary>
    public void Read(JsonElement block, string path, List<Part> parts)
    {
        if (block.ValueKind == JsonValueKind.String)
        {
            parts.Add(new TextPart(block.GetString()!, path));
            return;
        }

        var first = parts.Count;
        switch (block.GetText("type"))
        {
            case "text":
                parts.Add(new TextPart(fields.OptionalText(block, "text", path + ".") ?? Missing(path + ".text"), path));
                break;
            case "image":
                AddIfRead(ReadImage(block, path), parts);
                break;
            case "document":
                ReadDocument(block, path, parts);
                break;
            case "search_result":
                ReadSearchResult(block, path, parts);
                break;
            case null:
                Missing(path + ".type");
                break;
            case var type:
                fields.Refuse(Refusals.UnsupportedParameter(path, $"Content of the type '{type}' is for models of Anthropic's own API."));
                break;
        }

        if (parts.Count > first && block.TryGetValue("cache_control", out var cacheControl))
        {
            parts[^1] = parts[^1] with { CacheControl = cacheControl };
        }
    }

    private static void AddIfRead(Part? part, List<Part> parts)
    {
        if (part is not null)
        {
            parts.Add(part);
        }
    }

    private ImagePart? ReadImage(JsonElement block, string path)
    {
        path += ".source";
        block.TryGetValue("source", out var source);
        switch (source.GetText("type"))
        {
            case "base64":
                return new ImagePart(ReadData(source, path), null, null, path);
            case "url" when IsSecure(source.GetText("url")):
                return new ImagePart(null, source.GetText("url"), null, path);
            default:
                fields.Refuse(Refusals.UnsupportedParameter(path, "An image must be sent as base64 or as an https URL to this model's provider."));
                return null;
        }
    }

    private void ReadDocument(JsonElement block, string path, List<Part> parts)
    {
        block.TryGetValue("source", out var source);
        var title = block.GetText("title");
        var at = path + ".source";
        switch (source.GetText("type"))
        {
            case "base64":
                parts.Add(new FilePart(ReadData(source, at), null, null, title, at));
                break;
            case "url" when IsSecure(source.GetText("url")):
                parts.Add(new FilePart(null, source.GetText("url"), null, title, at));
                break;
            case "text":
                parts.Add(new TextPart(Headed(title, block.GetText("context"), fields.RequiredText(source, "data", at + ".")), at));
                break;
            case "content":
                foreach (var (inner, place) in Enumerate(source, "content", at + ".content"))
                {
                    Read(inner, place, parts);
                }

                break;
            default:
                fields.Refuse(Refusals.UnsupportedParameter(at, "A document must be sent as base64, as text or as an https URL to this model's provider."));
                break;
        }
    }

    private void ReadSearchResult(JsonElement block, string path, List<Part> parts)
    {
        var text = new StringBuilder();
        foreach (var (inner, _) in Enumerate(block, "content", path + ".content"))
        {
            text.Append(inner.GetText("text"));
        }

        parts.Add(new TextPart(Headed(block.GetText("title"), block.GetText("source"), text.ToString()), path));
    }

    private DataUrl ReadData(JsonElement source, string path) => new(
        fields.RequiredText(source, "media_type", path + ".").ToLowerInvariant(),
        fields.RequiredText(source, "data", path + ".").AsMemory());

    private static bool IsSecure(string? url) => url?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;

    private static string Headed(string? title, string? context, string text) =>
        string.Join("\n\n", new[] { title, context, text }.Where(static piece => !string.IsNullOrEmpty(piece)));

    private string Missing(string path)
    {
        fields.Refuse(Refusals.MissingField(path));
        return "";
    }
}

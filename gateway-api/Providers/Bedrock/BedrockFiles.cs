using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>Writes images, documents and sound. Converse takes their bytes; nothing is ever fetched by the gateway.</summary>
internal sealed class BedrockFiles(Utf8JsonWriter json)
{
    private const int LongestName = 200;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Writes a part's block, or returns why it cannot be sent.</summary>
    public Refusal? Write(Part part) => part switch
    {
        ImagePart { Data: { } data } image => WriteImage(image, data),
        ImagePart => Refusals.UnsupportedParameter(part.Path, "An image must be sent as a data URL: this model's provider fetches none."),
        FilePart { Data: { } data } file => WriteDocument(file, data),
        FilePart => Refusals.UnsupportedParameter(part.Path, "A file must be sent with its data: this model's provider fetches none and keeps none."),
        AudioPart audio => WriteAudio(audio),
        _ => Refusals.UnsupportedParameter(part.Path, "This part cannot be sent to this model's provider."),
    };

    private Refusal? WriteImage(ImagePart image, DataUrl data)
    {
        var format = data.MediaType switch
        {
            "image/png" => "png",
            "image/jpeg" or "image/jpg" => "jpeg",
            "image/gif" => "gif",
            "image/webp" => "webp",
            _ => null,
        };
        if (format is null)
        {
            return Refusals.InvalidValue(image.Path, "An image for this model's provider must be PNG, JPEG, GIF or WebP.");
        }

        json.WriteStartObject();
        json.WriteStartObject("image"u8);
        json.WriteString("format"u8, format);
        return WriteSource(data.Base64.Span, image.Path);
    }

    private Refusal? WriteDocument(FilePart file, DataUrl data)
    {
        var format = data.MediaType switch
        {
            "application/pdf" => "pdf",
            "text/plain" => "txt",
            "text/csv" => "csv",
            "text/html" => "html",
            "text/markdown" => "md",
            "application/msword" => "doc",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
            "application/vnd.ms-excel" => "xls",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
            _ => null,
        };
        if (format is null)
        {
            return Refusals.InvalidValue(file.Path, "A file for this model's provider must be PDF, text, CSV, HTML, Markdown, Word or Excel.");
        }

        json.WriteStartObject();
        json.WriteStartObject("document"u8);
        json.WriteString("format"u8, format);
        json.WriteString("name"u8, NameOf(file.FileName));
        return WriteSource(data.Base64.Span, file.Path);
    }

    private Refusal? WriteAudio(AudioPart audio)
    {
        if (audio.Format is not ("wav" or "mp3"))
        {
            return Refusals.InvalidValue(audio.Path, "Sound must be of the format 'wav' or 'mp3'.");
        }

        json.WriteStartObject();
        json.WriteStartObject("audio"u8);
        json.WriteString("format"u8, audio.Format);
        return WriteSource(audio.Base64, audio.Path);
    }

    private Refusal? WriteSource(ReadOnlySpan<char> base64, string path)
    {
        if (!Base64.IsValid(base64))
        {
            return Refusals.InvalidValue(path, "The data must be in base64.");
        }

        json.WriteStartObject("source"u8);
        json.WriteString("bytes"u8, base64);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        return null;
    }

    // A document's name may have letters, digits, single blanks and a few signs, and no two have the same.
    private string NameOf(string? fileName)
    {
        var name = new StringBuilder();
        foreach (var character in Path.GetFileNameWithoutExtension(fileName ?? "").Take(LongestName))
        {
            var isTaken = char.IsAsciiLetterOrDigit(character) || character is '-' or '(' or ')' or '[' or ']';
            if (isTaken || (name.Length > 0 && name[^1] != ' '))
            {
                name.Append(isTaken ? character : ' ');
            }
        }

        var stem = name.ToString().TrimEnd();
        stem = stem.Length > 0 ? stem : "document";
        var unique = stem;
        for (var number = 2; !_names.Add(unique); number++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{stem} {number}");
        }

        return unique;
    }
}

using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>Writes images, files and sound. Nothing is ever fetched: a URL stays a URL.</summary>
internal sealed class GeminiMedia(Utf8JsonWriter json, TranslationNotes notes)
{
    /// <summary>Writes a part, or returns why it cannot be sent.</summary>
    public Refusal? Write(Part part) => part switch
    {
        ImagePart image => WriteImage(image),
        FilePart file => WriteFile(file),
        AudioPart audio => WriteAudio(audio),
        _ => null,
    };

    private Refusal? WriteImage(ImagePart image)
    {
        if (image.Detail is "low" or "high")
        {
            notes.Dropped("image_url.detail");
        }

        if (image.Data is not { } data)
        {
            WriteUrl(image.Url!, ImageTypeOf(image.Url!));
            return null;
        }

        var type = data.MediaType == "image/jpg" ? "image/jpeg" : data.MediaType;
        if (type is not ("image/jpeg" or "image/png" or "image/webp" or "image/heic" or "image/heif"))
        {
            return Refusals.UnsupportedParameter(image.Path, "Images for this model's provider (Google Gemini) must be JPEG, PNG, WebP, HEIC or HEIF.");
        }

        WriteData(type, data.Base64.Span);
        return null;
    }

    private Refusal? WriteFile(FilePart file)
    {
        if (file.Data is { } data)
        {
            WriteData(data.MediaType, data.Base64.Span);
            return null;
        }

        // A file of Google's own is named by its address, there and in Google's storage.
        var url = file.Url ?? file.FileId ?? "";
        if (!url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("gs://", StringComparison.Ordinal))
        {
            return Refusals.UnsupportedParameter(file.Path, "A file for this model's provider (Google Gemini) must be sent as data, or as an https or gs address.");
        }

        WriteUrl(url, url.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) ? "application/pdf" : null);
        return null;
    }

    private Refusal? WriteAudio(AudioPart audio)
    {
        if (audio.Format is not ("wav" or "mp3" or "aac" or "ogg" or "flac" or "aiff"))
        {
            return Refusals.UnsupportedParameter(audio.Path, "Sound for this model's provider (Google Gemini) must be WAV, MP3, AAC, OGG, FLAC or AIFF.");
        }

        WriteData($"audio/{audio.Format}", audio.Base64);
        return null;
    }

    private void WriteData(string type, ReadOnlySpan<char> base64)
    {
        json.WriteStartObject();
        json.WriteStartObject("inlineData"u8);
        json.WriteString("mimeType"u8, type);
        json.WriteString("data"u8, base64);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteUrl(string url, string? type)
    {
        json.WriteStartObject();
        json.WriteStartObject("fileData"u8);
        if (type is not null)
        {
            json.WriteString("mimeType"u8, type);
        }

        json.WriteString("fileUri"u8, url);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // What the address does not tell, the provider finds out, or asks for.
    private static string? ImageTypeOf(string url)
    {
        var end = url.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? url.AsSpan() : url.AsSpan(0, end);
        return path[(path.LastIndexOf('.') + 1)..] switch
        {
            "png" or "PNG" => "image/png",
            "jpg" or "jpeg" or "JPG" or "JPEG" => "image/jpeg",
            "webp" or "WEBP" => "image/webp",
            _ => null,
        };
    }
}

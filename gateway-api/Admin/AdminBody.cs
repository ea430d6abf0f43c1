using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Connections;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Reads bodies of the admin plane: JSON only, and not too much of it.</summary>
internal static class AdminBody
{
    /// <summary>The longest body.</summary>
    public const int MostBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads the whole body.</summary>
    /// <returns>The bytes, or why there are none.</returns>
    public static async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem)> ReadBytesAsync(HttpRequest request)
    {
        if (!IsJson(request.ContentType) || request.Headers.ContentEncoding.Count > 0)
        {
            return (default, Problem.NotJson());
        }

        if (request.ContentLength > MostBytes)
        {
            return (default, Problem.TooLarge(MostBytes));
        }

        try
        {
            return await ReceiveAsync(request);
        }
        catch (IOException exception) when (exception is not (BadHttpRequestException or ConnectionResetException))
        {
            // A chunk's size that no number holds.
            request.HttpContext.Response.Headers.Connection = "close";
            return (default, Problem.InvalidJson("The request's body is not framed as HTTP asks."));
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem)> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            if (body.Length + read > MostBytes)
            {
                return (default, Problem.TooLarge(MostBytes));
            }

            body.Write(buffer, 0, read);
        }

        return (body.ToArray(), null);
    }

    /// <summary>Reads the whole body as one JSON object.</summary>
    /// <returns>The object, or why there is none.</returns>
    public static async Task<(JsonElement Object, Problem? Problem)> ReadObjectAsync(HttpRequest request)
    {
        var (bytes, problem) = await ReadBytesAsync(request);
        return problem is null ? Parse(bytes) : (default, problem);
    }

    /// <summary>Reads bytes as one JSON object, without duplicate members.</summary>
    public static (JsonElement Object, Problem? Problem) Parse(ReadOnlyMemory<byte> bytes)
    {
        // The parser does not look into strings: what is no text would throw when it is read.
        if (!Utf8.IsValid(bytes.Span) || JsonText.HasHalfPair(bytes.Span))
        {
            return (default, Problem.InvalidJson("The body is not valid UTF-8, or a string in it holds half a surrogate pair."));
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (document.RootElement.Clone(), null)
                : (default, Problem.InvalidJson("The body must be a JSON object."));
        }
        catch (JsonException exception)
        {
            return (default, Problem.InvalidJson($"The body is not valid JSON, or names a member twice: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}."));
        }
    }

    private static bool IsJson(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase);
    }
}

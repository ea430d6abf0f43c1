using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Answers of the admin plane.</summary>
internal static class AdminJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with a document.</summary>
    public static IResult Answer(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) => new Document(status, write);

    /// <summary>Answers without a body.</summary>
    public static IResult Empty() => TypedResults.NoContent();

    /// <summary>Writes a document. Nothing of this plane is for caches: keys and addresses of upstreams are among it.</summary>
    public static async Task WriteAsync(HttpContext context, int status, string contentType, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, Options))
        {
            write(json);
        }

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = "no-store";
        await LargeBody.WriteAsync(context, body.WrittenMemory, TimeProvider.System);
    }

    /// <summary>A document as bytes: what a change is compared by, or a patch is applied to.</summary>
    /// <param name="write">Writes the members of one object.</param>
    public static ReadOnlyMemory<byte> ObjectOf(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    /// <summary>Writes a moment in UTC; <see langword="null"/> where there is none.</summary>
    public static void WriteMoment(this Utf8JsonWriter json, string name, DateTimeOffset? moment)
    {
        if (moment is { } at)
        {
            json.WriteString(name, at.UtcDateTime);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private sealed class Document(int status, Action<Utf8JsonWriter> write) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, status, "application/json; charset=utf-8", write);
    }
}

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Errors;

/// <summary>Answers with refusals. OpenAI's error shape has all four members always, <c>code</c> a string or null.</summary>
internal static class ErrorWriter
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with a refusal in OpenAI's shape. The response must not have started.</summary>
    public static Task WriteAsync(HttpContext context, Refusal refusal) => WriteAsync(context, refusal, ChatDialect.Instance, "");

    /// <summary>Answers with a refusal in a client's own shape. The response must not have started.</summary>
    public static async Task WriteAsync(HttpContext context, Refusal refusal, ClientDialect dialect, string requestId)
    {
        refusal = Redacted(refusal);
        var response = context.Response;
        response.StatusCode = dialect.StatusOf(refusal);
        response.ContentType = "application/json; charset=utf-8";
        SetAdvice(response.Headers, refusal);

        var body = new ArrayBufferWriter<byte>(256);
        dialect.WriteError(refusal, requestId, body);
        response.ContentLength = body.WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
        }
    }

    /// <summary>Ends a stream that has begun, but has said nothing yet, with a refusal.</summary>
    public static async Task WriteEventAsync(HttpContext context, Refusal refusal, ClientDialect dialect, string requestId)
    {
        var body = new ArrayBufferWriter<byte>(256);
        dialect.WriteStreamError(Redacted(refusal), requestId, body);
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Writes <c>{"error":{…}}</c>.</summary>
    public static void WriteObject(IBufferWriter<byte> output, Refusal refusal)
    {
        using var json = new Utf8JsonWriter(output, WriterOptions);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, refusal.Message);
        json.WriteString("type"u8, refusal.Type);
        json.WriteString("param"u8, refusal.Param);
        json.WriteString("code"u8, refusal.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Refusal Redacted(Refusal refusal) => refusal with { Message = KnownSecrets.OfProcess.Redact(refusal.Message) };

    private static void SetAdvice(IHeaderDictionary headers, Refusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            var milliseconds = Math.Max(1, (long)Math.Ceiling(wait.TotalMilliseconds));
            headers.RetryAfter = ((milliseconds + 999) / 1000).ToString(CultureInfo.InvariantCulture);
            headers["retry-after-ms"] = milliseconds.ToString(CultureInfo.InvariantCulture);
        }

        if (refusal.RetryIsPointless)
        {
            headers["x-should-retry"] = "false";
        }

        if (refusal.Allow is { } allow)
        {
            headers.Allow = allow;
        }

        if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = "Bearer";
        }
    }
}

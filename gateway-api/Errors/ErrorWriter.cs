using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Errors;

/// <summary>Writes refusals in OpenAI's error shape: all four members always there, <c>code</c> a string or null.</summary>
internal static class ErrorWriter
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with a refusal. The response must not have started.</summary>
    public static async Task WriteAsync(HttpContext context, Refusal refusal)
    {
        var response = context.Response;
        response.StatusCode = refusal.Status;
        response.ContentType = "application/json; charset=utf-8";
        SetAdvice(response.Headers, refusal);

        var body = new ArrayBufferWriter<byte>(256);
        WriteObject(body, refusal);
        response.ContentLength = body.WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
        }
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

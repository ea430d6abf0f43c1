using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Refusals in Anthropic's shape: the type follows from the status, as its clients expect.</summary>
internal static class MessagesErrors
{
    private const int Overloaded = 529;

    /// <summary>Anthropic's own status for overload is 529; its clients know no 503.</summary>
    public static int StatusOf(Refusal refusal) => refusal.Status == StatusCodes.Status503ServiceUnavailable ? Overloaded : refusal.Status;

    /// <summary>Writes <c>{"type":"error","error":{…},"request_id":…}</c>.</summary>
    public static void Write(Refusal refusal, string requestId, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, TypeOf(StatusOf(refusal)));
        json.WriteString("message"u8, refusal.Message);
        WriteDetails(refusal, json);
        json.WriteEndObject();
        json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
    }

    // Its clients look here for why a thread is refused, and for nothing else that this gateway has to tell.
    private static void WriteDetails(Refusal refusal, Utf8JsonWriter json)
    {
        if (refusal.Code != Refusals.ThreadUnsupportedCode)
        {
            return;
        }

        json.WriteStartObject("details"u8);
        json.WriteString("error_code"u8, refusal.Code);
        json.WriteStartArray("unsupported"u8);
        json.WriteStringValue(refusal.Param);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Anthropic's word for an error with a status.</summary>
    internal static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        408 or 504 => "timeout_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        Overloaded => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}

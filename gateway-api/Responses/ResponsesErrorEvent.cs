using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>
/// Writes the event <c>error</c>: its documented members, and the same as an <c>error</c> object, which is what OpenAI's
/// own clients throw for.
/// </summary>
internal static class ResponsesErrorEvent
{
    /// <summary>Writes the event with its framing.</summary>
    /// <param name="refusal">What the client is told.</param>
    /// <param name="sequence">The event's <c>sequence_number</c>.</param>
    /// <param name="output">Takes the event.</param>
    public static void Write(Refusal refusal, int sequence, IBufferWriter<byte> output)
    {
        output.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            json.WriteNumber("sequence_number"u8, sequence);
            json.WriteString("code"u8, refusal.Code);
            json.WriteString("message"u8, refusal.Message);
            json.WriteString("param"u8, refusal.Param);
            json.WriteStartObject("error"u8);
            json.WriteString("message"u8, refusal.Message);
            json.WriteString("type"u8, refusal.Type);
            json.WriteString("param"u8, refusal.Param);
            json.WriteString("code"u8, refusal.Code);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }
}

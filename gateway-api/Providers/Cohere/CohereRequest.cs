using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Writes a conversation as a request of <c>/v2/chat</c>.</summary>
internal static class CohereRequest
{
    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    public static Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var reading = request.ReadConversation();
        if (reading.Conversation is not { } conversation)
        {
            return reading.Refusal;
        }

        if (CohereFields.Table.Judge(conversation, notes) is { } refusal)
        {
            return refusal;
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, target.UpstreamModel);
        json.WriteBoolean("stream"u8, request.Stream);
        if ((new CohereMessages(json, notes).Write(conversation) ?? CohereTools.Write(conversation, json, notes)) is { } fault)
        {
            return fault;
        }

        WriteFormat(conversation.Format, json);
        new CohereSampling(json, notes).Write(conversation);
        CohereThinking.Write(conversation, target.UpstreamModel, json, notes);
        foreach (var name in CohereFields.Copied)
        {
            if (conversation.Fields.TryGetValue(name, out var value))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }

        json.WriteEndObject();
        return null;
    }

    // A schema is a property of JSON mode.
    private static void WriteFormat(AnswerFormat format, Utf8JsonWriter json)
    {
        if (format.Kind == AnswerFormatKind.Text)
        {
            return;
        }

        json.WriteStartObject("response_format"u8);
        json.WriteString("type"u8, "json_object"u8);
        if (format.Kind == AnswerFormatKind.JsonSchema)
        {
            json.WritePropertyName("json_schema"u8);
            format.Schema.WriteTo(json);
        }

        json.WriteEndObject();
    }
}

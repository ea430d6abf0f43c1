using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>Writes a conversation as a request of Converse; that of ConverseStream is the same.</summary>
internal static class BedrockRequest
{
    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    public static Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var reading = request.ReadConversation();
        if (reading.Conversation is not { } conversation)
        {
            return reading.Refusal;
        }

        if (BedrockFields.Table.Judge(conversation, notes) is { } refusal)
        {
            return refusal;
        }

        if (conversation.Fields.TryGetValue(BedrockModelFields.Name, out var own) && own.ValueKind != JsonValueKind.Object)
        {
            return Refusals.InvalidValue(BedrockModelFields.Name, $"The field '{BedrockModelFields.Name}' must be an object.");
        }

        var model = BedrockModel.Parse(target.UpstreamModel);
        if (BedrockFormat.Choose(conversation, model, out var format) is { } unsupported)
        {
            return unsupported;
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        var writing = new BedrockWriting(conversation, model, json, notes);
        var fault = BedrockMessages.Write(writing) ?? BedrockTools.Write(writing, format);
        if (fault is not null)
        {
            return fault;
        }

        var reasoning = BedrockReasoning.Choose(writing, format.ForcesCall);
        WriteInference(writing, reasoning);
        WriteOutput(conversation.Format, format, reasoning, json);
        BedrockModelFields.Write(writing, reasoning);
        WriteTier(writing);
        foreach (var name in BedrockFields.Copied)
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

    private static void WriteInference(BedrockWriting writing, BedrockReasoning reasoning)
    {
        var (conversation, model, json, notes) = writing;
        var stop = conversation.Stop.Where(sequence => model.IsClaude ? !string.IsNullOrWhiteSpace(sequence) : sequence.Length > 0).ToList();
        if (stop.Count < conversation.Stop.Count)
        {
            notes.Dropped("stop");
        }

        var sampling = BedrockSampling.Choose(writing, reasoning);
        var maxTokens = reasoning.RulesOutLimit ? 0 : conversation.MaxOutputTokens;
        if (reasoning.RulesOutLimit && conversation.MaxOutputTokens > 0)
        {
            notes.Dropped("max_tokens");
        }

        if (maxTokens == 0 && stop.Count == 0 && sampling == default)
        {
            return;
        }

        json.WriteStartObject("inferenceConfig"u8);
        if (maxTokens > 0)
        {
            json.WriteNumber("maxTokens"u8, maxTokens);
        }

        sampling.Write(json);
        if (stop.Count > 0)
        {
            json.WriteStartArray("stopSequences"u8);
            stop.ForEach(json.WriteStringValue);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteOutput(AnswerFormat wanted, BedrockFormat format, BedrockReasoning reasoning, Utf8JsonWriter json)
    {
        if (!format.IsNative && reasoning.Effort is null)
        {
            return;
        }

        json.WriteStartObject("outputConfig"u8);
        if (format.IsNative)
        {
            BedrockFormat.WriteNative(wanted, json);
        }

        if (reasoning.Effort is { } effort)
        {
            json.WriteString("effort"u8, effort);
        }

        json.WriteEndObject();
    }

    private static void WriteTier(BedrockWriting writing)
    {
        var json = writing.Json;
        if (!writing.Conversation.Fields.TryGetValue("service_tier", out var told))
        {
            return;
        }

        switch (told.ValueKind == JsonValueKind.String ? told.GetString() : null)
        {
            case "auto" or "default":
                return;
            case "flex" or "priority" or "reserved":
                json.WriteStartObject("serviceTier"u8);
                json.WritePropertyName("type"u8);
                told.WriteTo(json);
                json.WriteEndObject();
                return;
            default:
                writing.Notes.Dropped("service_tier");
                return;
        }
    }
}

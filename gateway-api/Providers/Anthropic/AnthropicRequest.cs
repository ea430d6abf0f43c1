using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Writes a conversation as a request for <c>POST /messages</c>.</summary>
internal static class AnthropicRequest
{
    private const int DefaultMaxTokens = 4096;

    /// <summary>Writes the request, or returns why Anthropic cannot be asked.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="output">Takes the body.</param>
    /// <param name="notes">Takes what was left out.</param>
    public static Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var reading = request.ReadConversation();
        if (reading.Conversation is not { } conversation)
        {
            return reading.Refusal;
        }

        if (AnthropicFields.Table.Judge(conversation, notes) is { } refusal)
        {
            return refusal;
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        return WriteObject(conversation, target, request, json, notes);
    }

    private static Refusal? WriteObject(Conversation conversation, UpstreamTarget target, InferenceRequest request, Utf8JsonWriter json, TranslationNotes notes)
    {
        var version = ClaudeVersion.Parse(target.UpstreamModel);
        var maxTokens = conversation.MaxOutputTokens > 0 ? conversation.MaxOutputTokens : UnsaidLimitOf(target, request);
        var thinking = AnthropicThinking.Choose(conversation, version, maxTokens, notes);

        json.WriteStartObject();
        json.WriteString("model"u8, target.UpstreamModel);
        json.WriteNumber("max_tokens"u8, maxTokens);
        if (request.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }

        if (new AnthropicMessages(json, notes).Write(conversation) is { } fault)
        {
            return fault;
        }

        AnthropicTools.Write(conversation, version, json, notes);
        WriteSampling(conversation, takesAny: version.TakesSampling && !thinking.IsOn, json, notes);
        WriteStop(conversation.Stop, json, notes);
        if (WriteOutputConfig(conversation.Format, version, thinking, json) is { } unfit)
        {
            return unfit;
        }

        WriteUser(conversation.User, json);
        thinking.Write(json);
        WriteServiceTier(conversation, json, notes);
        json.WriteEndObject();
        return null;
    }

    // Prompt and limit together must fit the context, or models before 4.5 refuse the request.
    private static int UnsaidLimitOf(UpstreamTarget target, InferenceRequest request)
    {
        var most = target.Entry.MaxOutputTokens > 0 ? target.Entry.MaxOutputTokens : DefaultMaxTokens;
        return request.AnswerRoomTokens > 0 ? Math.Min(most, request.AnswerRoomTokens) : most;
    }

    // The usual value asks for nothing: it is never a reason to warn.
    private static void WriteSampling(Conversation conversation, bool takesAny, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.Temperature is > 1)
        {
            notes.Changed("temperature", "lowered to 1");
        }

        Write("temperature", conversation.Temperature is > 1 ? 1 : conversation.Temperature, isUsual: conversation.Temperature >= 1);

        // A top_p of 1 asks for nothing, and newer models take only one of the two.
        Write("top_p", conversation.TopP is 1 ? null : conversation.TopP, isUsual: false);
        Write("top_k", conversation.TopK, isUsual: false);

        void Write(string name, double? value, bool isUsual)
        {
            if (value is not { } number)
            {
                return;
            }

            if (takesAny)
            {
                json.WriteNumber(name, number);
            }
            else if (!isUsual)
            {
                notes.Dropped(name);
            }
        }
    }

    private static void WriteStop(IReadOnlyList<string> stop, Utf8JsonWriter json, TranslationNotes notes)
    {
        // Anthropic refuses sequences of white space.
        var sequences = stop.Where(static sequence => !string.IsNullOrWhiteSpace(sequence)).ToList();
        if (sequences.Count < stop.Count)
        {
            notes.Changed("stop", "sequences of white space dropped");
        }

        if (sequences.Count > 0)
        {
            json.WriteStartArray("stop_sequences"u8);
            sequences.ForEach(json.WriteStringValue);
            json.WriteEndArray();
        }
    }

    private static Refusal? WriteOutputConfig(AnswerFormat format, ClaudeVersion version, AnthropicThinking thinking, Utf8JsonWriter json)
    {
        switch (format.Kind)
        {
            case AnswerFormatKind.JsonObject:
                return Refusals.UnsupportedParameter("response_format", "This model's provider (Anthropic) has no JSON mode without a schema. Use the type 'json_schema'.");
            case AnswerFormatKind.JsonSchema when !version.HasStructuredOutputs:
                return Refusals.UnsupportedParameter("response_format", "This model knows no JSON schema for its answer.");
        }

        if (format.Kind == AnswerFormatKind.Text && thinking.Effort is null)
        {
            return null;
        }

        json.WriteStartObject("output_config"u8);
        if (thinking.Effort is { } effort)
        {
            json.WriteString("effort"u8, effort);
        }

        if (format.Kind == AnswerFormatKind.JsonSchema)
        {
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, "json_schema"u8);
            json.WritePropertyName("schema"u8);
            format.Schema.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        return null;
    }

    private static void WriteUser(string? user, Utf8JsonWriter json)
    {
        if (user is not null)
        {
            json.WriteStartObject("metadata"u8);
            json.WriteString("user_id"u8, user);
            json.WriteEndObject();
        }
    }

    private static void WriteServiceTier(Conversation conversation, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (!conversation.Fields.TryGetValue("service_tier", out var tier))
        {
            return;
        }

        switch (tier.ValueKind == JsonValueKind.String ? tier.GetString() : null)
        {
            case "auto":
                json.WriteString("service_tier"u8, "auto"u8);
                break;
            case "default":
                json.WriteString("service_tier"u8, "standard_only"u8);
                break;
            default:
                notes.Dropped("service_tier");
                break;
        }
    }
}

using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>Writes a conversation as a request of Responses, for clients that speak another dialect.</summary>
internal static class ResponsesRequest
{
    private const int LeastOutputTokens = 16; // fewer are refused by the API

    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    public static Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var reading = request.ReadConversation();
        if (reading.Conversation is not { } conversation)
        {
            return reading.Refusal;
        }

        if (ResponsesProviderFields.Table.Judge(conversation, notes) is { } refusal)
        {
            return refusal;
        }

        if (conversation.Messages.SelectMany(static message => message.Parts).OfType<AudioPart>().FirstOrDefault() is { } sound)
        {
            return Refusals.UnsupportedParameter(sound.Path, "This model's provider (OpenAI's Responses) takes no sound.");
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, target.UpstreamModel);
        ResponsesInput.Write(conversation, json);
        if (request.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }

        WriteLimits(conversation, json, notes);
        WriteTools(conversation, json);
        WriteText(conversation, json);
        WriteReasoning(conversation, target.UpstreamModel, json, notes);

        // Responses keep what they are not told to forget; the other dialects forget.
        json.WriteBoolean("store"u8, conversation.Fields.TryGetValue("store", out var store) && store.ValueKind == JsonValueKind.True);
        foreach (var name in ResponsesProviderFields.Copied)
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

    private static void WriteLimits(Conversation conversation, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.MaxOutputTokens > 0)
        {
            if (conversation.MaxOutputTokens < LeastOutputTokens)
            {
                notes.Changed("max_tokens", $"raised to {LeastOutputTokens}");
            }

            json.WriteNumber("max_output_tokens"u8, Math.Max(conversation.MaxOutputTokens, LeastOutputTokens));
        }

        if (conversation.Temperature is { } temperature)
        {
            json.WriteNumber("temperature"u8, temperature);
        }

        if (conversation.TopP is { } topP)
        {
            json.WriteNumber("top_p"u8, topP);
        }
    }

    private static void WriteTools(Conversation conversation, Utf8JsonWriter json)
    {
        if (conversation.Tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in conversation.Tools)
        {
            WriteTool(tool, json);
        }

        json.WriteEndArray();
        WriteChoice(conversation.ToolChoice, json);
        if (conversation.ParallelToolCalls is { } parallel)
        {
            json.WriteBoolean("parallel_tool_calls"u8, parallel);
        }
    }

    private static void WriteTool(Tool tool, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description)
        {
            json.WriteString("description"u8, description);
        }

        json.WritePropertyName("parameters"u8);
        if (tool.Parameters.ValueKind == JsonValueKind.Object)
        {
            tool.Parameters.WriteTo(json);
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "object"u8);
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        // Always said: left out it would be true, and a schema that does not fit refused.
        json.WriteBoolean("strict"u8, tool.IsStrict);
        json.WriteEndObject();
    }

    private static void WriteChoice(ToolChoice choice, Utf8JsonWriter json)
    {
        switch (choice.Kind)
        {
            case ToolChoiceKind.Auto:
                json.WriteString("tool_choice"u8, "auto"u8);
                return;
            case ToolChoiceKind.None:
                json.WriteString("tool_choice"u8, "none"u8);
                return;
            case ToolChoiceKind.Required:
                json.WriteString("tool_choice"u8, "required"u8);
                return;
            case ToolChoiceKind.Named:
                json.WriteStartObject("tool_choice"u8);
                json.WriteString("type"u8, "function"u8);
                json.WriteString("name"u8, choice.Name);
                json.WriteEndObject();
                return;
        }
    }

    private static void WriteText(Conversation conversation, Utf8JsonWriter json)
    {
        var hasVerbosity = conversation.Fields.TryGetValue("verbosity", out var verbosity);
        var format = conversation.Format;
        if (format.Kind == AnswerFormatKind.Text && !hasVerbosity)
        {
            return;
        }

        json.WriteStartObject("text"u8);
        if (format.Kind != AnswerFormatKind.Text)
        {
            WriteFormat(format, json);
        }

        if (hasVerbosity)
        {
            json.WritePropertyName("verbosity"u8);
            verbosity.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void WriteFormat(AnswerFormat format, Utf8JsonWriter json)
    {
        json.WriteStartObject("format"u8);
        if (format.Kind == AnswerFormatKind.JsonObject)
        {
            json.WriteString("type"u8, "json_object"u8);
        }
        else
        {
            json.WriteString("type"u8, "json_schema"u8);
            json.WriteString("name"u8, format.Name ?? "answer");
            json.WritePropertyName("schema"u8);
            format.Schema.WriteTo(json);
            json.WriteBoolean("strict"u8, format.IsStrict);
        }

        json.WriteEndObject();
    }

    // A client that gives the model a budget to think wants to see the thoughts, and to send them back.
    private static void WriteReasoning(Conversation conversation, string model, Utf8JsonWriter json, TranslationNotes notes)
    {
        var wish = conversation.Reasoning;
        var reasons = OpenAiChatRequest.Reasons(model);
        if (wish.BudgetTokens > 0 && wish.Effort is null && !reasons)
        {
            notes.Dropped("thinking");
        }

        if (wish.Effort is not null || (wish.BudgetTokens > 0 && reasons))
        {
            json.WriteStartObject("reasoning"u8);
            json.WriteString("effort"u8, wish.Effort ?? OpenAiChatRequest.EffortOf(wish.BudgetTokens));
            if (wish.BudgetTokens > 0)
            {
                json.WriteString("summary"u8, "auto"u8);
            }

            json.WriteEndObject();
        }

        // Only for models that reason: others refuse the wish.
        if (reasons)
        {
            json.WriteStartArray("include"u8);
            json.WriteStringValue("reasoning.encrypted_content"u8);
            json.WriteEndArray();
        }
    }
}

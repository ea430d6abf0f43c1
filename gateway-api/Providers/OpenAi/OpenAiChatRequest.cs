using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Writes a conversation as a request of Chat Completions, for clients that speak another dialect.</summary>
internal static class OpenAiChatRequest
{
    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    public static Refusal? Write(UpstreamTarget target, OpenAiDialect dialect, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var reading = request.ReadConversation();
        if (reading.Conversation is not { } conversation)
        {
            return reading.Refusal;
        }

        if (OpenAiFields.Table.Judge(conversation, notes) is { } refusal)
        {
            return refusal;
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, target.UpstreamModel);
        if (new OpenAiChatMessages(dialect.ThoughtsMember, json).Write(conversation) is { } fault)
        {
            return fault;
        }

        WriteStream(request, dialect, json);
        WriteSampling(conversation, dialect, json);
        WriteTools(conversation, json);
        WriteFormat(conversation.Format, json);
        WriteReasoning(conversation.Reasoning, target.UpstreamModel, json, notes);
        foreach (var name in OpenAiFields.Copied)
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

    private static void WriteStream(InferenceRequest request, OpenAiDialect dialect, Utf8JsonWriter json)
    {
        if (!request.Stream)
        {
            return;
        }

        json.WriteBoolean("stream"u8, true);
        if (dialect.TakesStreamOptions)
        {
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
        }
    }

    private static void WriteSampling(Conversation conversation, OpenAiDialect dialect, Utf8JsonWriter json)
    {
        if (conversation.MaxOutputTokens > 0)
        {
            json.WriteNumber(dialect.MaxTokensMember, conversation.MaxOutputTokens);
        }

        WriteNumber("temperature"u8, conversation.Temperature);
        WriteNumber("top_p"u8, conversation.TopP);
        WriteNumber("frequency_penalty"u8, conversation.FrequencyPenalty);
        WriteNumber("presence_penalty"u8, conversation.PresencePenalty);
        if (conversation.Seed is { } seed)
        {
            json.WriteNumber("seed"u8, seed);
        }

        if (conversation.Stop.Count > 0)
        {
            json.WriteStartArray("stop"u8);
            foreach (var sequence in conversation.Stop)
            {
                json.WriteStringValue(sequence);
            }

            json.WriteEndArray();
        }

        void WriteNumber(ReadOnlySpan<byte> name, double? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, number);
            }
        }
    }

    /// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>, if there are tools.</summary>
    public static void WriteTools(Conversation conversation, Utf8JsonWriter json)
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
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description)
        {
            json.WriteString("description"u8, description);
        }

        if (tool.Parameters.ValueKind == JsonValueKind.Object)
        {
            json.WritePropertyName("parameters"u8);
            tool.Parameters.WriteTo(json);
        }

        if (tool.IsStrict)
        {
            json.WriteBoolean("strict"u8, true);
        }

        json.WriteEndObject();
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
                json.WriteStartObject("function"u8);
                json.WriteString("name"u8, choice.Name);
                json.WriteEndObject();
                json.WriteEndObject();
                return;
        }
    }

    /// <summary>Writes <c>response_format</c>, unless it is plain text.</summary>
    public static void WriteFormat(AnswerFormat format, Utf8JsonWriter json)
    {
        if (format.Kind == AnswerFormatKind.Text)
        {
            return;
        }

        json.WriteStartObject("response_format"u8);
        if (format.Kind == AnswerFormatKind.JsonObject)
        {
            json.WriteString("type"u8, "json_object"u8);
        }
        else
        {
            json.WriteString("type"u8, "json_schema"u8);
            json.WriteStartObject("json_schema"u8);
            json.WriteString("name"u8, format.Name ?? "answer");
            json.WritePropertyName("schema"u8);
            format.Schema.WriteTo(json);
            if (format.IsStrict)
            {
                json.WriteBoolean("strict"u8, true);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // A budget has no counterpart, and models that do not reason refuse the field: only a wish in so many words is sent on.
    private static void WriteReasoning(ReasoningWish wish, string model, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (wish.Effort is { } effort)
        {
            json.WriteString("reasoning_effort"u8, effort);
        }
        else if (wish.BudgetTokens > 0 && Reasons(model))
        {
            json.WriteString("reasoning_effort"u8, EffortOf(wish.BudgetTokens));
        }
        else if (wish.BudgetTokens > 0)
        {
            notes.Dropped("thinking");
        }
    }

    /// <summary>Whether OpenAI's model of this name thinks before it answers.</summary>
    internal static bool Reasons(string model) =>
        model.StartsWith("gpt-5", StringComparison.Ordinal) || model is ['o', >= '1' and <= '9', ..];

    /// <summary>The effort that is nearest to a budget.</summary>
    internal static string EffortOf(int budgetTokens) => budgetTokens switch
    {
        <= 2048 => "low",
        <= 8192 => "medium",
        _ => "high",
    };
}

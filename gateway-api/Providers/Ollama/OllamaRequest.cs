using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Writes a conversation as a request of <c>/api/chat</c>.</summary>
internal static class OllamaRequest
{
    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    public static Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var reading = request.ReadConversation();
        if (reading.Conversation is not { } conversation)
        {
            return reading.Refusal;
        }

        if ((OllamaFields.Table.Judge(conversation, notes) ?? Unfit(conversation)) is { } refusal)
        {
            return refusal;
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, target.UpstreamModel);
        json.WriteBoolean("stream"u8, request.Stream); // streams unless told otherwise
        if (new OllamaMessages(json, notes).Write(conversation) is { } fault)
        {
            return fault;
        }

        if (conversation.ToolChoice.Kind != ToolChoiceKind.None)
        {
            WriteTools(conversation.Tools, json);
        }

        WriteFormat(conversation.Format, json);
        WriteThink(conversation, json);
        OllamaOptions.Write(conversation, json);
        if (conversation.Fields.TryGetValue("keep_alive", out var keepAlive))
        {
            json.WritePropertyName("keep_alive"u8);
            keepAlive.WriteTo(json);
        }

        json.WriteEndObject();
        return null;
    }

    private static Refusal? Unfit(Conversation conversation)
    {
        if (conversation.ToolChoice.ForcesCall && conversation.Tools.Count > 0)
        {
            return Refusals.UnsupportedParameter("tool_choice", "This model's provider (Ollama) cannot force a tool call.");
        }

        return conversation.Fields.TryGetValue("options", out var options) && options.ValueKind != JsonValueKind.Object
            ? Refusals.InvalidValue("options", "The field 'options' must be an object.")
            : null;
    }

    private static void WriteTools(IReadOnlyList<Tool> tools, Utf8JsonWriter json)
    {
        if (tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, tool.Name);
            json.WriteString("description"u8, tool.Description ?? "");
            json.WritePropertyName("parameters"u8);
            if (tool.Parameters.ValueKind == JsonValueKind.Object)
            {
                tool.Parameters.WriteTo(json);
            }
            else
            {
                json.WriteRawValue("""{"type":"object","properties":{}}"""u8);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFormat(AnswerFormat format, Utf8JsonWriter json)
    {
        if (format.Kind == AnswerFormatKind.JsonObject)
        {
            json.WriteString("format"u8, "json"u8);
        }
        else if (format.Kind == AnswerFormatKind.JsonSchema)
        {
            json.WritePropertyName("format"u8);
            format.Schema.WriteTo(json);
        }
    }

    // Ollama's own word goes before the others; a model that does not think refuses each of them.
    private static void WriteThink(Conversation conversation, Utf8JsonWriter json)
    {
        if (conversation.Fields.TryGetValue("think", out var think))
        {
            json.WritePropertyName("think"u8);
            think.WriteTo(json);
        }
        else if (conversation.Fields.TryGetValue("thinking", out var thinking) && thinking.GetText("type") is { } type)
        {
            json.WriteBoolean("think"u8, type != "disabled");
        }
        else if (conversation.Reasoning.Effort is { } effort)
        {
            WriteEffort(effort, json);
        }
        else if (conversation.Reasoning.BudgetTokens > 0)
        {
            json.WriteBoolean("think"u8, true);
        }
    }

    private static void WriteEffort(string effort, Utf8JsonWriter json)
    {
        switch (effort)
        {
            case "none":
                json.WriteBoolean("think"u8, false);
                break;
            case "minimal":
                json.WriteString("think"u8, "low"u8);
                break;
            case "xhigh":
                json.WriteString("think"u8, "high"u8);
                break;
            default:
                json.WriteString("think"u8, effort);
                break;
        }
    }
}

using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Writes <c>tools</c> and <c>tool_choice</c>.</summary>
internal static class AnthropicTools
{
    public static void Write(Conversation conversation, ClaudeVersion version, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.Tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in conversation.Tools)
        {
            WriteTool(tool, version, json, notes);
        }

        json.WriteEndArray();
        WriteChoice(conversation.ToolChoice, oneAtATime: conversation.ParallelToolCalls == false, json);
    }

    private static void WriteTool(Tool tool, ClaudeVersion version, Utf8JsonWriter json, TranslationNotes notes)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is { Length: > 0 } description)
        {
            json.WriteString("description"u8, description);
        }

        WriteSchema(tool.Parameters, json);
        if (tool.IsStrict && version.HasStructuredOutputs)
        {
            json.WriteBoolean("strict"u8, true);
        }
        else if (tool.IsStrict)
        {
            notes.Dropped("tools.function.strict");
        }

        if (tool.CacheControl.ValueKind != JsonValueKind.Undefined)
        {
            json.WritePropertyName("cache_control"u8);
            tool.CacheControl.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void WriteSchema(JsonElement parameters, Utf8JsonWriter json)
    {
        json.WriteStartObject("input_schema"u8);

        // Anthropic insists on the type, OpenAI does not.
        if (!parameters.TryGetValue("type", out _))
        {
            json.WriteString("type"u8, "object"u8);
        }

        if (parameters.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in parameters.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null))
            {
                member.WriteTo(json);
            }
        }
        else
        {
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteChoice(ToolChoice choice, bool oneAtATime, Utf8JsonWriter json)
    {
        if (choice.Kind == ToolChoiceKind.Default && !oneAtATime)
        {
            return;
        }

        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, choice.Kind switch
        {
            ToolChoiceKind.None => "none"u8,
            ToolChoiceKind.Required => "any"u8,
            ToolChoiceKind.Named => "tool"u8,
            _ => "auto"u8,
        });
        if (choice.Kind == ToolChoiceKind.Named)
        {
            json.WriteString("name"u8, choice.Name);
        }

        if (oneAtATime && choice.Kind != ToolChoiceKind.None)
        {
            json.WriteBoolean("disable_parallel_tool_use"u8, true);
        }

        json.WriteEndObject();
    }
}

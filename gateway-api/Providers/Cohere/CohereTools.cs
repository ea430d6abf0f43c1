using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>strict_tools</c>.</summary>
internal static class CohereTools
{
    /// <summary>Writes them, or returns why they cannot be sent.</summary>
    public static Refusal? Write(Conversation conversation, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.Tools.Count == 0)
        {
            return null;
        }

        // One function by name has no form of its own: where it is the only one, a call that is required is a call of it.
        var choice = conversation.ToolChoice;
        IReadOnlyList<Tool> offered = choice.Kind == ToolChoiceKind.Named
            ? [.. conversation.Tools.Where(tool => tool.Name == choice.Name)]
            : conversation.Tools;
        if (offered.Count == 0)
        {
            return Refusals.InvalidValue("tool_choice", "The field 'tool_choice' names a function that is not among the tools.");
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in offered)
        {
            WriteTool(tool, json);
        }

        json.WriteEndArray();
        if (choice.ForcesCall)
        {
            json.WriteString("tool_choice"u8, "REQUIRED"u8);
        }
        else if (choice.Kind == ToolChoiceKind.None)
        {
            json.WriteString("tool_choice"u8, "NONE"u8);
        }

        WriteStrict(offered, json, notes);
        return null;
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

    // Strictness is one switch for all tools.
    private static void WriteStrict(IReadOnlyList<Tool> tools, Utf8JsonWriter json, TranslationNotes notes)
    {
        var strict = tools.Count(static tool => tool.IsStrict);
        if (strict == tools.Count)
        {
            json.WriteBoolean("strict_tools"u8, true);
        }
        else if (strict > 0)
        {
            notes.Dropped("tools.strict");
        }
    }
}

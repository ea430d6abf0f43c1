using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>Writes <c>tools</c> and <c>toolConfig</c>.</summary>
internal static class GeminiTools
{
    public static void Write(Conversation conversation, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.ParallelToolCalls == false)
        {
            notes.Dropped("parallel_tool_calls");
        }

        if (conversation.Tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations"u8);
        foreach (var tool in conversation.Tools)
        {
            WriteTool(tool, json, notes);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        WriteChoice(conversation.ToolChoice, json);
    }

    private static void WriteTool(Tool tool, Utf8JsonWriter json, TranslationNotes notes)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, tool.Name);
        json.WriteString("description"u8, tool.Description ?? "");
        if (GeminiSchema.DescribesAnything(tool.Parameters))
        {
            json.WritePropertyName("parametersJsonSchema"u8);
            GeminiSchema.Write(tool.Parameters, json);
        }

        json.WriteEndObject();
        if (tool.IsStrict)
        {
            notes.Dropped("tools.function.strict");
        }
    }

    private static void WriteChoice(ToolChoice choice, Utf8JsonWriter json)
    {
        var mode = choice.Kind switch
        {
            ToolChoiceKind.Auto => "AUTO",
            ToolChoiceKind.None => "NONE",
            ToolChoiceKind.Required or ToolChoiceKind.Named => "ANY",
            _ => null,
        };
        if (mode is null)
        {
            return;
        }

        json.WriteStartObject("toolConfig"u8);
        json.WriteStartObject("functionCallingConfig"u8);
        json.WriteString("mode"u8, mode);
        if (choice.Name is { } name)
        {
            json.WriteStartArray("allowedFunctionNames"u8);
            json.WriteStringValue(name);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}

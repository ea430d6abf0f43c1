using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>Writes the tools of a conversation as Converse's <c>toolConfig</c>.</summary>
internal static class BedrockTools
{
    private const int LongestName = 64;

    /// <summary>Writes <c>toolConfig</c>, where there is need of one, or returns why it cannot be sent.</summary>
    public static Refusal? Write(BedrockWriting writing, BedrockFormat format)
    {
        var (conversation, _, json, notes) = writing;
        if (conversation.Tools.FirstOrDefault(static tool => !IsName(tool.Name)) is { } misnamed)
        {
            return Refusals.InvalidValue(
                misnamed.Path, $"A tool's name must have 1 to {LongestName} letters, digits, '_' and '-' for this model's provider.");
        }

        // Bedrock takes no calls and results in a conversation without tools.
        var called = conversation.Messages.SelectMany(static message => message.Calls).Select(static call => call.Name).Distinct().ToList();
        var isOff = conversation.ToolChoice.Kind == ToolChoiceKind.None;
        if (!format.IsTool && called.Count == 0 && (conversation.Tools.Count == 0 || isOff))
        {
            return null;
        }

        json.WriteStartObject("toolConfig"u8);
        json.WriteStartArray("tools"u8);
        WriteAll(writing, called);
        if (format.IsTool)
        {
            WriteAnswerTool(conversation.Format, json);
        }

        json.WriteEndArray();
        if (isOff && !format.IsTool)
        {
            notes.Changed("tool_choice", "sent as auto");
        }

        WriteChoice(conversation, format, json);
        json.WriteEndObject();
        return null;
    }

    /// <summary>Whether Bedrock takes a text as a tool's name.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static void WriteAll(BedrockWriting writing, List<string> called)
    {
        var json = writing.Json;
        foreach (var tool in writing.Conversation.Tools)
        {
            WriteTool(tool, writing);
            BedrockCachePoint.Write(tool.CacheControl, BedrockCachePlace.Tools, writing);
        }

        foreach (var name in writing.Conversation.Tools.Count == 0 ? called : [])
        {
            json.WriteStartObject();
            json.WriteStartObject("toolSpec"u8);
            json.WriteString("name"u8, BedrockIds.Name(name));
            WriteSchema(default, json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void WriteTool(Tool tool, BedrockWriting writing)
    {
        var (_, model, json, notes) = writing;
        json.WriteStartObject();
        json.WriteStartObject("toolSpec"u8);
        json.WriteString("name"u8, tool.Name);
        if (!string.IsNullOrWhiteSpace(tool.Description))
        {
            json.WriteString("description"u8, tool.Description);
        }

        WriteSchema(tool.Parameters, json);
        if (tool.IsStrict && model.HasStructuredOutputs)
        {
            json.WriteBoolean("strict"u8, true);
        }
        else if (tool.IsStrict)
        {
            notes.Dropped("tools.strict");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAnswerTool(AnswerFormat format, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolSpec"u8);
        json.WriteString("name"u8, BedrockFormat.ToolName);
        json.WriteString("description"u8, "Gives the final answer in the form that was asked for."u8);
        WriteSchema(format.Schema, json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Bedrock insists on a schema, and on its type.
    private static void WriteSchema(JsonElement schema, Utf8JsonWriter json)
    {
        json.WriteStartObject("inputSchema"u8);
        json.WriteStartObject("json"u8);
        json.WriteString("type"u8, "object"u8);
        if (schema.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in schema.EnumerateObject().Where(static member => !member.NameEquals("type"u8)))
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteChoice(Conversation conversation, BedrockFormat format, Utf8JsonWriter json)
    {
        var choice = conversation.ToolChoice;
        var (kind, name) = choice.Kind switch
        {
            // Whatever the model calls is then either the client's tool or the answer.
            _ when format.IsTool && conversation.Tools.Count > 0 && choice.Kind != ToolChoiceKind.None => ("any", null),
            _ when format.IsTool => ("tool", BedrockFormat.ToolName),
            ToolChoiceKind.Auto => ("auto", null),
            ToolChoiceKind.Required => ("any", null),
            ToolChoiceKind.Named => ("tool", choice.Name),
            _ => (null, (string?)null),
        };
        if (kind is null)
        {
            return;
        }

        json.WriteStartObject("toolChoice"u8);
        json.WriteStartObject(kind);
        if (name is not null)
        {
            json.WriteString("name"u8, name);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}

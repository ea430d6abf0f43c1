using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>Reads a Responses request into a <see cref="Conversation"/>.</summary>
internal static class ResponsesReader
{
    // Members that Chat Completions has by the same name, and with the same meaning.
    private static readonly string[] Shared =
    [
        "temperature", "top_p", "tools", "tool_choice", "parallel_tool_calls", "user", "safety_identifier", "service_tier",
        "prompt_cache_key", "prompt_cache_retention",
    ];

    public static ConversationReading Read(ReadOnlyMemory<byte> body) => ConversationReading.Of(body, Read);

    private static Conversation Read(JsonElement root, FieldReader fields)
    {
        var dropped = ResponsesFields.Judge(root, fields);
        var tools = new ResponsesToolReader(fields);
        root.TryGetValue("text", out var text);
        root.TryGetValue("reasoning", out var reasoning);
        return new Conversation
        {
            Messages = new ResponsesItemReader(fields).Read(root),
            Tools = tools.ReadTools(root),
            ToolChoice = tools.ReadChoice(root),
            ParallelToolCalls = fields.Flag(root, "parallel_tool_calls"),
            Format = ReadFormat(text, fields),
            MaxOutputTokens = (int)(fields.Whole(root, "max_output_tokens", 0, int.MaxValue) ?? 0),
            Temperature = fields.Number(root, "temperature", 0, double.MaxValue),
            TopP = fields.Number(root, "top_p", 0, 1),
            Reasoning = new ReasoningWish(fields.OptionalText(reasoning, "effort", "reasoning."), 0),
            User = fields.OptionalText(root, "safety_identifier") ?? fields.OptionalText(root, "user"),
            Fields = ChatFields(root, text, reasoning),
            Dropped = dropped,
            Source = root,
        };
    }

    private static Dictionary<string, JsonElement> ChatFields(JsonElement root, JsonElement text, JsonElement reasoning)
    {
        var chat = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var name in Shared)
        {
            Add(root, name, name);
        }

        Add(root, "max_output_tokens", "max_completion_tokens");
        Add(text, "format", "response_format");
        Add(text, "verbosity", "verbosity");
        Add(reasoning, "effort", "reasoning_effort");
        return chat;

        void Add(JsonElement parent, string name, string chatName)
        {
            if (parent.TryGetValue(name, out var value))
            {
                chat[chatName] = value;
            }
        }
    }

    private static AnswerFormat ReadFormat(JsonElement text, FieldReader fields)
    {
        if (!text.TryGetValue("format", out var format))
        {
            return AnswerFormat.Text;
        }

        switch (format.GetText("type"))
        {
            case "text":
                return AnswerFormat.Text;
            case "json_object":
                return new AnswerFormat(AnswerFormatKind.JsonObject);
            case "json_schema":
                return ReadSchema(format, fields);
            default:
                fields.Refuse(Refusals.InvalidValue("text.format", "The field 'text.format' must have the type 'text', 'json_object' or 'json_schema'."));
                return AnswerFormat.Text;
        }
    }

    private static AnswerFormat ReadSchema(JsonElement format, FieldReader fields)
    {
        const string Path = "text.format.";
        if (!format.TryGetValue("schema", out var schema))
        {
            fields.Refuse(Refusals.MissingField(Path + "schema"));
            return AnswerFormat.Text;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(Refusals.InvalidValue(Path + "schema", "A JSON schema must be an object."));
        }

        return new AnswerFormat(
            AnswerFormatKind.JsonSchema, schema, fields.OptionalText(format, "name", Path), fields.Flag(format, "strict", Path) == true);
    }
}

using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>Reads a request of Chat Completions into a <see cref="Conversation"/>.</summary>
internal static class ChatReader
{
    private const int MostTopK = 1_000_000;

    public static ConversationReading Read(ReadOnlyMemory<byte> body) => ConversationReading.Of(body, Read);

    private static Conversation Read(JsonElement root, FieldReader fields)
    {
        var tools = new ChatToolReader(fields);
        var members = FieldReader.Members(root);
        var messages = new ChatMessageReader(fields, members).Read(root);
        if (messages.Count == 0)
        {
            fields.Refuse(Refusals.InvalidValue("messages", "The field 'messages' must have at least one message."));
        }

        return new Conversation
        {
            Messages = messages,
            Tools = tools.ReadTools(root),
            ToolChoice = tools.ReadChoice(root),
            ParallelToolCalls = fields.Flag(root, "parallel_tool_calls"),
            Format = ReadFormat(root, fields),
            MaxOutputTokens = (int)Math.Max(
                fields.Whole(root, "max_tokens", 0, int.MaxValue) ?? 0, fields.Whole(root, "max_completion_tokens", 0, int.MaxValue) ?? 0),
            Stop = fields.Texts(root, "stop"),
            Temperature = fields.Number(root, "temperature", 0, double.MaxValue),
            TopP = fields.Number(root, "top_p", 0, 1),
            TopK = (int?)fields.Whole(root, "top_k", 0, MostTopK),
            FrequencyPenalty = fields.Number(root, "frequency_penalty", -2, 2),
            PresencePenalty = fields.Number(root, "presence_penalty", -2, 2),
            Seed = fields.Whole(root, "seed", long.MinValue, long.MaxValue),
            Reasoning = ReadReasoning(root, fields),
            User = fields.OptionalText(root, "safety_identifier") ?? fields.OptionalText(root, "user"),
            Fields = members,
        };
    }

    private static ReasoningWish ReadReasoning(JsonElement root, FieldReader fields)
    {
        var budget = root.TryGetValue("thinking", out var thinking) ? thinking.GetCount("budget_tokens") : 0;
        return new ReasoningWish(fields.OptionalText(root, "reasoning_effort"), (int)Math.Min(budget, int.MaxValue));
    }

    private static AnswerFormat ReadFormat(JsonElement root, FieldReader fields)
    {
        if (!root.TryGetValue("response_format", out var format))
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
                fields.Refuse(Refusals.InvalidValue(
                    "response_format", "The field 'response_format' must have the type 'text', 'json_object' or 'json_schema'."));
                return AnswerFormat.Text;
        }
    }

    private static AnswerFormat ReadSchema(JsonElement format, FieldReader fields)
    {
        const string Path = "response_format.json_schema.";
        if (!format.TryGetValue("json_schema", out var definition) || !definition.TryGetValue("schema", out var schema))
        {
            fields.Refuse(Refusals.MissingField(Path + "schema"));
            return AnswerFormat.Text;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(Refusals.InvalidValue(Path + "schema", "A JSON schema must be an object."));
        }

        return new AnswerFormat(
            AnswerFormatKind.JsonSchema, schema, fields.OptionalText(definition, "name", Path), fields.Flag(definition, "strict", Path) == true);
    }
}

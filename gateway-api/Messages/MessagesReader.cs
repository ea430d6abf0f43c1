using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Reads a request of the Messages API into a <see cref="Conversation"/>.</summary>
internal static class MessagesReader
{
    private const int MostTopK = 1_000_000;

    public static ConversationReading Read(ReadOnlyMemory<byte> body) => ConversationReading.Of(body, Read);

    private static Conversation Read(JsonElement root, FieldReader fields)
    {
        var tools = new MessagesToolReader(fields);
        var members = new MessagesFields(root, fields);
        var messages = new MessagesTurnReader(fields).Read(root);
        if (messages.TrueForAll(static message => message.Role == Role.System))
        {
            fields.Refuse(Refusals.InvalidValue("messages", "The field 'messages' must have at least one message."));
        }

        return new Conversation
        {
            Messages = messages,
            Tools = tools.ReadTools(root),
            ToolChoice = tools.ReadChoice(root),
            ParallelToolCalls = tools.ReadParallel(root),
            Format = ReadFormat(root, fields),
            MaxOutputTokens = (int)(fields.Whole(root, "max_tokens", 0, int.MaxValue) ?? 0),
            Stop = fields.Texts(root, "stop_sequences"),
            Temperature = fields.Number(root, "temperature", 0, 1),
            TopP = fields.Number(root, "top_p", 0, 1),
            TopK = (int?)fields.Whole(root, "top_k", 0, MostTopK),
            Reasoning = ReadReasoning(root),
            User = members.User,
            Fields = members.Read(),
        };
    }

    // Anthropic's models think unasked where the client lets them choose, and its effort is about more than thoughts: only a
    // wish for thoughts is one.
    private static ReasoningWish ReadReasoning(JsonElement root)
    {
        root.TryGetValue("thinking", out var thinking);
        root.TryGetValue("output_config", out var config);
        return thinking.GetText("type") switch
        {
            "enabled" => new ReasoningWish(null, (int)Math.Min(thinking.GetCount("budget_tokens"), int.MaxValue)),
            "adaptive" => new ReasoningWish(config.GetText("effort") is "xhigh" or "max" ? "high" : config.GetText("effort"), 0),
            _ => ReasoningWish.None,
        };
    }

    private static AnswerFormat ReadFormat(JsonElement root, FieldReader fields)
    {
        var path = "output_config.format";
        if (!root.TryGetValue("output_config", out var config) || !config.TryGetValue("format", out var format))
        {
            path = "output_format";
            if (!root.TryGetValue(path, out format))
            {
                return AnswerFormat.Text;
            }
        }

        if (format.GetText("type") != "json_schema")
        {
            fields.Refuse(Refusals.InvalidValue(path, $"The field '{path}' must have the type 'json_schema'."));
            return AnswerFormat.Text;
        }

        if (!format.TryGetValue("schema", out var schema) || schema.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(Refusals.InvalidValue(path + ".schema", "A JSON schema must be an object."));
        }

        return new AnswerFormat(AnswerFormatKind.JsonSchema, schema);
    }
}

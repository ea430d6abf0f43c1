using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Completions;

/// <summary>Reads a request of text completion into a <see cref="Conversation"/>: its prompt is one user's message.</summary>
internal static class CompletionsReader
{
    // A chat has nothing like them, or (n) no translated answer has room for them, and without them the answer would be another than was asked for.
    private static readonly string[] Refused = ["suffix", "echo", "logprobs", "best_of", "n"];

    public static ConversationReading Read(ReadOnlyMemory<byte> body) => ConversationReading.Of(body, Read);

    private static Conversation Read(JsonElement root, FieldReader fields)
    {
        var members = FieldReader.Members(root);
        foreach (var name in Refused)
        {
            if (members.Remove(name, out var value) && !FieldTable.AsksForNothing(name, value) && !IsEmptyText(value))
            {
                fields.Refuse(Refusals.UnsupportedParameter(name, $"A text completion of this model has nothing like '{name}'."));
            }
        }

        members.Remove("prompt");
        return new Conversation
        {
            Messages = [new Message(Role.User) { Parts = [new TextPart(ReadPrompt(root, fields), "prompt")], Path = "prompt" }],
            MaxOutputTokens = (int)(fields.Whole(root, "max_tokens", 0, int.MaxValue) ?? 0),
            Stop = fields.Texts(root, "stop"),
            Temperature = fields.Number(root, "temperature", 0, double.MaxValue),
            TopP = fields.Number(root, "top_p", 0, 1),
            FrequencyPenalty = fields.Number(root, "frequency_penalty", -2, 2),
            PresencePenalty = fields.Number(root, "presence_penalty", -2, 2),
            Seed = fields.Whole(root, "seed", long.MinValue, long.MaxValue),
            User = fields.OptionalText(root, "user"),
            Fields = members,
        };
    }

    private static string ReadPrompt(JsonElement root, FieldReader fields)
    {
        root.TryGetValue("prompt", out var prompt);
        if (prompt.ValueKind == JsonValueKind.Array && prompt.GetArrayLength() == 1)
        {
            prompt = prompt[0];
        }

        if (prompt.ValueKind == JsonValueKind.String)
        {
            return prompt.GetString()!;
        }

        fields.Refuse(Refusals.UnsupportedParameter("prompt", "This model takes one prompt at a time, as text and not as tokens."));
        return "";
    }

    private static bool IsEmptyText(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals(""u8);
}

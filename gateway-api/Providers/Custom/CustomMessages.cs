using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>What is said, as a template can take it: as a list of messages, or as one text.</summary>
internal static class CustomMessages
{
    private const string Plain = "messages";
    private const string WithParts = "messages_with_parts";

    /// <summary>Whether a placeholder is one for a list of messages.</summary>
    public static bool IsList(string name) => name is Plain or WithParts;

    /// <summary>Adds messages, <c>prompt</c> and <c>system</c>, or returns why they cannot be sent.</summary>
    /// <param name="values">Takes them.</param>
    /// <param name="conversation">What is said.</param>
    /// <param name="used">The template's placeholders: with <c>system</c> among them, instructions stand there only.</param>
    /// <param name="notes">Takes what is left out.</param>
    public static Refusal? AddTo(
        Dictionary<string, JsonElement> values, Conversation conversation, IReadOnlySet<string> used, TranslationNotes notes)
    {
        if (conversation.Messages.Select(message => Unfit(message, used)).FirstOrDefault(static refusal => refusal is not null) is { } fault)
        {
            return fault;
        }

        foreach (var message in conversation.Messages.Where(static message => message.Name is not null))
        {
            notes.Dropped($"{message.Path}.name");
        }

        var hasSystem = used.Contains("system");
        var instructions = conversation.Messages.Where(static message => message.Role == Role.System).ToArray();
        var said = hasSystem ? [.. conversation.Messages.Except(instructions)] : conversation.Messages;
        if (instructions.Length > 0)
        {
            values["system"] = JsonSerializer.SerializeToElement(string.Join("\n\n", instructions.Select(TextOf)));
        }

        if (used.Contains("prompt"))
        {
            values["prompt"] = JsonSerializer.SerializeToElement(PromptOf(said));
        }

        return AddLists(values, conversation with { Messages = said }, used);
    }

    private static Refusal? AddLists(Dictionary<string, JsonElement> values, Conversation conversation, IReadOnlySet<string> used)
    {
        foreach (var name in used.Where(IsList))
        {
            if (name == Plain && !used.Contains("tools"))
            {
                values[name] = JsonSerializer.SerializeToElement(conversation.Messages.Select(static message => new Dictionary<string, string>
                {
                    ["role"] = RoleOf(message.Role),
                    ["content"] = TextOf(message),
                }));
                continue;
            }

            if (InOpenAiForm(conversation, out var messages) is { } fault)
            {
                return fault;
            }

            values[name] = messages;
        }

        return null;
    }

    private static Refusal? InOpenAiForm(Conversation conversation, out JsonElement messages)
    {
        messages = default;
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, JsonText.WriterOptions))
        {
            json.WriteStartObject();
            if (new OpenAiChatMessages(null, json).Write(conversation with { Messages = [.. conversation.Messages.Select(Bare)] }) is { } fault)
            {
                return fault;
            }

            json.WriteEndObject();
        }

        messages = JsonDocument.Parse(body.WrittenMemory).RootElement.GetProperty(Plain);
        return null;
    }

    // Names and refusals are OpenAI's own: the first are left out, the second are text.
    private static Message Bare(Message message) => message with
    {
        Name = null,
        Parts = [.. message.Parts.Select(static part => part is RefusalPart refusal ? new TextPart(refusal.Text, refusal.Path) : part)],
    };

    private static Refusal? Unfit(Message message, IReadOnlySet<string> used)
    {
        if ((message.Role == Role.Tool || message.Calls.Count > 0) && !used.Contains("tools"))
        {
            return Refusals.UnsupportedParameter(message.Path, "This model's provider has no place for tools and their results.");
        }

        return message.Parts.FirstOrDefault(part => part is FilePart or AudioPart || (part is ImagePart && !used.Contains(WithParts))) is { } part
            ? Refusals.UnsupportedParameter(part.Path, "This model's provider has no place for such content.")
            : null;
    }

    private static string PromptOf(IReadOnlyList<Message> said) => said is [var only]
        ? TextOf(only)
        : string.Concat(said.Select(static message => $"{RoleOf(message.Role)}: {TextOf(message)}\n\n")) + "assistant:";

    private static string RoleOf(Role role) => role switch
    {
        Role.System => "system",
        Role.Assistant => "assistant",
        _ => "user",
    };

    private static string TextOf(Message message) => string.Concat(message.Parts.Select(static part =>
        part is TextPart text ? text.Text : (part as RefusalPart)?.Text));
}

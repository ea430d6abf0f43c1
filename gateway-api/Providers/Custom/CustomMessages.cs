using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>What is said, as a template can take it: as messages, or as one text. Both are text only.</summary>
internal static class CustomMessages
{
    /// <summary>Adds <c>messages</c>, <c>prompt</c> and <c>system</c>, or returns why they cannot be sent.</summary>
    /// <param name="values">Takes them.</param>
    /// <param name="conversation">What is said.</param>
    /// <param name="used">The template's placeholders: with <c>system</c> among them, instructions stand there only.</param>
    /// <param name="notes">Takes what is left out.</param>
    public static Refusal? AddTo(
        Dictionary<string, JsonElement> values, Conversation conversation, IReadOnlySet<string> used, TranslationNotes notes)
    {
        if (conversation.Messages.Select(Unfit).FirstOrDefault(static refusal => refusal is not null) is { } fault)
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

        if (used.Contains("messages"))
        {
            values["messages"] = JsonSerializer.SerializeToElement(said.Select(static message => new Dictionary<string, string>
            {
                ["role"] = RoleOf(message.Role),
                ["content"] = TextOf(message),
            }));
        }

        if (used.Contains("prompt"))
        {
            values["prompt"] = JsonSerializer.SerializeToElement(PromptOf(said));
        }

        return null;
    }

    private static Refusal? Unfit(Message message)
    {
        if (message.Role == Role.Tool || message.Calls.Count > 0)
        {
            return Refusals.UnsupportedParameter(message.Path, "This model's provider has no place for tools and their results.");
        }

        return message.Parts.FirstOrDefault(static part => part is ImagePart or FilePart or AudioPart) is { } part
            ? Refusals.UnsupportedParameter(part.Path, "This model's provider takes text only.")
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

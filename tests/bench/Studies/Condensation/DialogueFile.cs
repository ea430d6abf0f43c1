using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>Reads dialogues with questions: <c>{conversations: [{id, messages: [{role, name, content, turn, core}]}], qa: [{conv, qid, question, answer, evidence}]}</c>.</summary>
internal static class DialogueFile
{
    public static ImmutableArray<Question> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var dialogues = document.RootElement.GetProperty("conversations").EnumerateArray()
            .Select(conversation => new Dialogue(Text(conversation, "id"), conversation.GetProperty("messages").EnumerateArray().Select(ReadTurn)))
            .ToDictionary(dialogue => dialogue.Id, StringComparer.Ordinal);
        return
        [
            .. document.RootElement.GetProperty("qa").EnumerateArray()
                .Select(question => ReadQuestion(question, dialogues[Text(question, "conv")]))
                .Where(question => !question.Evidence.IsEmpty),
        ];
    }

    private static Turn ReadTurn(JsonElement message) => new(
        Text(message, "turn"),
        Text(message, "core"),
        new ConversationMessage { Role = Text(message, "role") == "user" ? MessageRole.User : MessageRole.Assistant, Text = Text(message, "content") });

    private static Question ReadQuestion(JsonElement question, Dialogue dialogue)
    {
        var id = Text(question, "qid");
        return new Question(
            dialogue,
            int.Parse(id.AsSpan(id.LastIndexOf('q') + 1), CultureInfo.InvariantCulture),
            Text(question, "question"),
            question.GetProperty("answer").ToString(),
            [.. question.GetProperty("evidence").EnumerateArray().Select(turn => dialogue.Places.GetValueOrDefault(turn.GetString()!, -1)).Where(place => place >= 0)]);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}

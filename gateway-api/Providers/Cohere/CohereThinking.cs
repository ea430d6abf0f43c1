using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Writes <c>thinking</c>: an effort becomes a budget, since Cohere knows no efforts.</summary>
internal static class CohereThinking
{
    // Families that were made before Cohere's models thought; they refuse the field.
    private static readonly string[] Thoughtless = ["command-r", "command-a-03", "command-a-vision", "command-a-translate", "command-light", "c4ai-"];

    public static void Write(Conversation conversation, string model, Utf8JsonWriter json, TranslationNotes notes)
    {
        var isOff = IsOff(conversation);
        var wish = conversation.Reasoning;
        if (!isOff && !wish.IsSet)
        {
            return;
        }

        if (Array.Exists(Thoughtless, family => model.StartsWith(family, StringComparison.Ordinal)))
        {
            NoteDropped(isOff, wish, notes);
            return;
        }

        json.WriteStartObject("thinking"u8);
        json.WriteString("type"u8, isOff ? "disabled"u8 : "enabled"u8);
        if (!isOff && BudgetOf(wish) is > 0 and var budget)
        {
            json.WriteNumber("token_budget"u8, budget);
        }

        json.WriteEndObject();
    }

    private static bool IsOff(Conversation conversation) =>
        conversation.Fields.TryGetValue("thinking", out var thinking) && thinking.GetText("type") is { } type
            ? type == "disabled"
            : conversation.Reasoning is { Effort: "none", BudgetTokens: 0 };

    private static void NoteDropped(bool isOff, ReasoningWish wish, TranslationNotes notes)
    {
        if (!isOff)
        {
            notes.Dropped(wish.BudgetTokens > 0 ? "thinking" : "reasoning_effort");
        }
    }

    // 0: as much as the model likes.
    private static int BudgetOf(ReasoningWish wish) => wish switch
    {
        { BudgetTokens: > 0 } => wish.BudgetTokens,
        { Effort: "minimal" } => 512,
        { Effort: "low" } => 2048,
        { Effort: "medium" } => 8192,
        _ => 0,
    };
}

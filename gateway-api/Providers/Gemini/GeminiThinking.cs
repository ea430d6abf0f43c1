using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Writes <c>thinkingConfig</c>. Efforts become the levels and budgets that Google's own endpoint for OpenAI's clients
/// gives them (ai.google.dev/gemini-api/docs/openai). Thoughts are asked for wherever thinking is.
/// </summary>
internal static class GeminiThinking
{
    private const int LowTokens = 1024;
    private const int MediumTokens = 8192;
    private const int HighTokens = 24_576;

    // The bounds of the 2.5 models (ai.google.dev/gemini-api/docs/thinking); the smallest one's lower bound holds for all.
    private const int LeastTokens = 512;
    private const int LeastProTokens = 128;
    private const int MostProTokens = 32_768;

    public static void Write(Conversation conversation, GeminiVersion version, Utf8JsonWriter json, TranslationNotes notes)
    {
        var wish = conversation.Reasoning;
        var field = wish.Effort is not null ? "reasoning_effort" : "thinking";
        var isOff = wish.Effort == "none" || (wish.Effort is null && IsDisabled(conversation));
        if (!wish.IsSet && !isOff)
        {
            return;
        }

        if (!version.Thinks)
        {
            if (!isOff)
            {
                notes.Dropped(field);
            }

            return;
        }

        var effort = wish.Effort ?? (isOff ? "none" : EffortOf(wish.BudgetTokens));
        if (effort is not ("none" or "minimal" or "low" or "medium" or "high" or "xhigh" or "max"))
        {
            notes.Dropped(field);
            return;
        }

        json.WriteStartObject("thinkingConfig"u8);
        if (version.ThinksByLevel)
        {
            json.WriteString("thinkingLevel"u8, LevelOf(effort, version));
        }
        else
        {
            json.WriteNumber("thinkingBudget"u8, wish.Effort is null && !isOff ? Bounded(wish.BudgetTokens, version) : BudgetOf(effort, version));
        }

        if (!isOff)
        {
            json.WriteBoolean("includeThoughts"u8, true);
        }
        else if (version.IsPro)
        {
            notes.Changed(field, "this model always thinks; the least was asked for");
        }

        json.WriteEndObject();
    }

    private static bool IsDisabled(Conversation conversation) =>
        conversation.Fields.TryGetValue("thinking", out var thinking) && thinking.GetText("type") == "disabled";

    private static string EffortOf(int budgetTokens) => budgetTokens switch
    {
        <= 2048 => "low",
        <= MediumTokens => "medium",
        _ => "high",
    };

    // The large models know no level below low, and the first of them none between low and high.
    private static string LevelOf(string effort, GeminiVersion version) => effort switch
    {
        "none" or "minimal" => version.IsPro ? "LOW" : "MINIMAL",
        "low" => "LOW",
        "medium" => version is { IsPro: true, Major: 3, Minor: 0 } ? "HIGH" : "MEDIUM",
        _ => "HIGH",
    };

    private static int BudgetOf(string effort, GeminiVersion version) => effort switch
    {
        "none" => version.IsPro ? LeastProTokens : 0,
        "minimal" or "low" => LowTokens,
        "medium" => MediumTokens,
        _ => HighTokens,
    };

    private static int Bounded(int tokens, GeminiVersion version) =>
        version.IsPro ? Math.Clamp(tokens, LeastProTokens, MostProTokens) : Math.Clamp(tokens, LeastTokens, HighTokens);
}

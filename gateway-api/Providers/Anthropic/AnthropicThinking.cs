using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>What a request's wish to have the model think comes to for one model.</summary>
internal sealed class AnthropicThinking
{
    private const int MinBudgetTokens = 1024;

    private static readonly AnthropicThinking Off = new();

    private JsonElement? Verbatim { get; init; }

    private bool Adaptive { get; init; }

    private bool Disabled { get; init; }

    private int BudgetTokens { get; init; }

    /// <summary>For <c>output_config.effort</c>; <see langword="null"/>: not sent.</summary>
    public string? Effort { get; private init; }

    /// <summary>Whether the model is asked to think, which rules out other sampling parameters.</summary>
    public bool IsOn => Adaptive || BudgetTokens > 0 || (Verbatim is { } given && given.GetText("type") is not (null or "disabled"));

    /// <summary>Reads the conversation.</summary>
    public static AnthropicThinking Choose(Conversation conversation, ClaudeVersion version, int maxTokens, TranslationNotes notes)
    {
        if (conversation.Fields.TryGetValue("thinking", out var given))
        {
            if (conversation.Reasoning.Effort is not null)
            {
                notes.Dropped("reasoning_effort");
            }

            return version.TakesSampling || given.GetText("type") != "enabled" ? new AnthropicThinking { Verbatim = given } : WithoutBudget(given, notes);
        }

        if (conversation.Reasoning.Effort is not { } wish)
        {
            return Off;
        }

        var chosen = FromEffort(wish, conversation, version, maxTokens);
        if (chosen is null)
        {
            notes.Dropped("reasoning_effort");
        }

        return chosen ?? Off;
    }

    /// <summary>Writes the field <c>thinking</c>, if any.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (Verbatim is { } given)
        {
            json.WritePropertyName("thinking"u8);
            given.WriteTo(json);
            return;
        }

        var type = Adaptive ? "adaptive" : Disabled ? "disabled" : BudgetTokens > 0 ? "enabled" : null;
        if (type is null)
        {
            return;
        }

        json.WriteStartObject("thinking"u8);
        json.WriteString("type"u8, type);
        if (BudgetTokens > 0)
        {
            json.WriteNumber("budget_tokens"u8, BudgetTokens);
        }

        json.WriteEndObject();
    }

    private static AnthropicThinking WithoutBudget(JsonElement given, TranslationNotes notes)
    {
        notes.Changed("thinking", "sent as adaptive");
        return new AnthropicThinking { Adaptive = true, Effort = EffortOf(given.GetCount("budget_tokens")) };
    }

    /// <summary>The effort that a budget comes to.</summary>
    public static string EffortOf(long budgetTokens) => budgetTokens switch
    {
        <= 2048 => "low",
        <= 8192 => "medium",
        _ => "high",
    };

    private static AnthropicThinking? FromEffort(string wish, Conversation conversation, ClaudeVersion version, int maxTokens)
    {
        var (effort, share) = wish switch
        {
            "none" => ("none", 0.0),
            "minimal" or "low" => ("low", 0.2),
            "medium" => ("medium", 0.5),
            "high" or "xhigh" or "max" => ("high", 0.8),
            _ => (null, 0.0),
        };
        if (effort is null)
        {
            return null;
        }

        if (effort == "none")
        {
            return version.ThinksAdaptively ? new AnthropicThinking { Disabled = true } : Off;
        }

        // A model that thinks cannot be forced to call a tool.
        if (!version.Thinks || conversation.ToolChoice.ForcesCall)
        {
            return null;
        }

        if (version.ThinksAdaptively)
        {
            return new AnthropicThinking { Adaptive = true, Effort = effort };
        }

        var budget = Math.Max(MinBudgetTokens, (int)(maxTokens * share));
        return budget < maxTokens && !LacksThoughts(conversation.Messages) ? new AnthropicThinking { BudgetTokens = budget } : null;
    }

    // With a budget, the turn that called the tools has to begin with its signed thoughts.
    private static bool LacksThoughts(IReadOnlyList<Message> messages) =>
        messages[^1].Role == Role.Tool
        && (messages.LastOrDefault(static message => message.Role == Role.Assistant)?.Parts is not [ReasoningPart first, ..]
            || !ThoughtSignature.IsClaudes(first.Signature));
}

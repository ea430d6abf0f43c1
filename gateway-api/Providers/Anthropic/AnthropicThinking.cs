using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>What a request's <c>reasoning_effort</c>, or Anthropic's own <c>thinking</c>, comes to for one model.</summary>
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

    /// <summary>Reads the request.</summary>
    public static AnthropicThinking Choose(JsonElement root, ClaudeVersion version, int maxTokens, TranslationNotes notes)
    {
        if (root.TryGetValue("thinking", out var given))
        {
            if (root.TryGetValue("reasoning_effort", out _))
            {
                notes.Dropped("reasoning_effort");
            }

            return new AnthropicThinking { Verbatim = given };
        }

        if (!root.TryGetValue("reasoning_effort", out _))
        {
            return Off;
        }

        var chosen = FromEffort(root, version, maxTokens);
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

    private static AnthropicThinking? FromEffort(JsonElement root, ClaudeVersion version, int maxTokens)
    {
        var (effort, share) = root.GetText("reasoning_effort") switch
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
        if (!version.Thinks || ForcesTool(root))
        {
            return null;
        }

        if (version.ThinksAdaptively)
        {
            return new AnthropicThinking { Adaptive = true, Effort = effort };
        }

        var budget = Math.Max(MinBudgetTokens, (int)(maxTokens * share));
        return budget < maxTokens && !ContinuesToolCalls(root) ? new AnthropicThinking { BudgetTokens = budget } : null;
    }

    private static bool ForcesTool(JsonElement root) =>
        root.TryGetValue("tool_choice", out var choice)
        && (choice.ValueKind == JsonValueKind.Object || choice.ValueKind == JsonValueKind.String && choice.ValueEquals("required"u8));

    // With a budget, the turn that called the tools would have to begin with its signed thoughts, which OpenAI's form cannot carry.
    private static bool ContinuesToolCalls(JsonElement root)
    {
        if (!root.TryGetValue("messages", out var messages) || messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            return false;
        }

        return messages[messages.GetArrayLength() - 1].GetText("role") == "tool";
    }
}

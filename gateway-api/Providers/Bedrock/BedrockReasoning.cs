using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Providers.Anthropic;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// What a client's wish for reasoning comes to for one model: Converse has a field for the effort of newer models of
/// Anthropic's, and leaves the rest to the fields of each maker.
/// </summary>
internal sealed record BedrockReasoning
{
    private const int LeastBudgetTokens = 1024;

    // What Claude answers at most where no limit is sent.
    private const int UnsaidLimitTokens = 4096;

    private static readonly BedrockReasoning Off = new();

    /// <summary>For <c>outputConfig.effort</c>; <see langword="null"/>: not sent.</summary>
    public string? Effort { get; private init; }

    /// <summary>The maker's field; <see langword="null"/>: none.</summary>
    public string? FieldName { get; private init; }

    /// <summary>The maker's field's value.</summary>
    public JsonNode? Field { get; private init; }

    /// <summary>A model that thinks so takes no sampling parameters.</summary>
    public bool RulesOutSampling { get; private init; }

    /// <summary>A model that thinks so takes no limit of its answer.</summary>
    public bool RulesOutLimit { get; private init; }

    /// <summary>Chooses for one model, and notes what it does not take.</summary>
    public static BedrockReasoning Choose(BedrockWriting writing, bool forcesCall)
    {
        var chosen = ChooseThoughts(writing, forcesCall);
        return writing.Model.Claude is { TakesSampling: false } ? chosen with { RulesOutSampling = true } : chosen;
    }

    private static BedrockReasoning ChooseThoughts(BedrockWriting writing, bool forcesCall)
    {
        var (conversation, model, _, notes) = writing;
        var hasOwn = conversation.Fields.TryGetValue("thinking", out var own);
        var wish = conversation.Reasoning;
        if (!hasOwn && !wish.IsSet)
        {
            return Off;
        }

        // A model that thinks cannot be forced to call a tool.
        BedrockReasoning? chosen = null;
        if (model.IsClaude && own.ValueKind == JsonValueKind.Object && !forcesCall)
        {
            chosen = model.Claude is { TakesSampling: false } && own.GetText("type") == "enabled"
                ? WithoutBudget(own, notes)
                : Of("thinking", JsonObject.Create(own), isOn: own.GetText("type") != "disabled");
            if (wish.Effort is not null)
            {
                notes.Dropped("reasoning_effort");
            }
        }
        else if (wish.IsSet)
        {
            chosen = model.IsClaude ? OfClaude(conversation, model, forcesCall)
                : model.IsNovaTwo ? OfNova(wish.Effort)
                : model.IsGptOss ? OfGptOss(wish.Effort)
                : IsOff(wish) ? Off : null;
        }

        if (chosen is null)
        {
            notes.Dropped(wish.Effort is null ? "thinking" : "reasoning_effort");
        }

        return chosen ?? Off;
    }

    private static bool IsOff(ReasoningWish wish) => wish.Effort == "none";

    private static BedrockReasoning Of(string name, JsonNode? field, bool isOn) => new() { FieldName = name, Field = field, RulesOutSampling = isOn };

    private static BedrockReasoning WithoutBudget(JsonElement own, TranslationNotes notes)
    {
        notes.Changed("thinking", "sent as adaptive");
        return Of("thinking", new JsonObject { ["type"] = "adaptive" }, isOn: true) with { Effort = AnthropicThinking.EffortOf(own.GetCount("budget_tokens")) };
    }

    private static BedrockReasoning? OfClaude(Conversation conversation, BedrockModel model, bool forcesCall)
    {
        var version = model.Claude!.Value;
        var wish = conversation.Reasoning;
        if (IsOff(wish))
        {
            return version.ThinksAdaptively ? Of("thinking", new JsonObject { ["type"] = "disabled" }, isOn: false) : Off;
        }

        var (effort, share) = Weigh(wish.Effort);
        if (!version.Thinks || forcesCall || (effort is null && wish.BudgetTokens == 0))
        {
            return null;
        }

        if (version.ThinksAdaptively && (effort is not null || !version.TakesSampling))
        {
            return Of("thinking", new JsonObject { ["type"] = "adaptive" }, isOn: true) with { Effort = effort ?? AnthropicThinking.EffortOf(wish.BudgetTokens) };
        }

        var limit = conversation.MaxOutputTokens > 0 ? conversation.MaxOutputTokens : UnsaidLimitTokens;
        var budget = Math.Max(LeastBudgetTokens, wish.BudgetTokens > 0 ? wish.BudgetTokens : (int)(limit * share));
        return budget < limit && !AnswersUnsignedCalls(conversation)
            ? Of("thinking", new JsonObject { ["type"] = "enabled", ["budget_tokens"] = budget }, isOn: true)
            : null;
    }

    private static BedrockReasoning? OfNova(string? told)
    {
        if (told == "none")
        {
            return Off;
        }

        if (Weigh(told).Effort is not { } effort)
        {
            return null;
        }

        var field = new JsonObject { ["type"] = "enabled", ["maxReasoningEffort"] = effort };
        return new BedrockReasoning { FieldName = "reasoningConfig", Field = field, RulesOutSampling = effort == "high", RulesOutLimit = effort == "high" };
    }

    private static BedrockReasoning? OfGptOss(string? told) => Weigh(told).Effort is { } effort ? Of("reasoning_effort", effort, isOn: false) : null;

    private static (string? Effort, double Share) Weigh(string? effort) => effort switch
    {
        "minimal" or "low" => ("low", 0.2),
        "medium" => ("medium", 0.5),
        "high" or "xhigh" or "max" => ("high", 0.8),
        _ => (null, 0),
    };

    // With a budget, the turn that called the tools has to begin with its signed thoughts.
    private static bool AnswersUnsignedCalls(Conversation conversation) =>
        conversation.Messages[^1].Role == Role.Tool
        && conversation.Messages.LastOrDefault(static message => message.Role == Role.Assistant)?.Parts.Any(
            static part => part is ReasoningPart thought && ThoughtSignature.IsClaudes(thought.Signature)) != true;
}

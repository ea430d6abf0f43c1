using Microsoft.Extensions.AI;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>
/// Makes of a client's request what an extension's adapter is asked. Nothing of it points into the request's own memory:
/// the adapter may go on long after the request has ended.
/// </summary>
internal sealed class OwnCodeRequest(ProviderType type)
{
    private const string Effort = "reasoning_effort";

    /// <summary>Makes the request, or returns why it cannot be sent.</summary>
    /// <param name="model">The model as the provider knows it.</param>
    /// <param name="request">The client's.</param>
    /// <param name="notes">Takes what is left out.</param>
    /// <param name="chat">What the adapter is asked.</param>
    public Refusal? Create(string model, InferenceRequest request, TranslationNotes notes, out ChatRequest? chat)
    {
        chat = null;
        var reading = request.ReadConversation();
        if (reading.Conversation is not { } conversation)
        {
            return reading.Refusal;
        }

        if ((OwnCodeFields.Table.Judge(conversation, notes) ?? Unfit(conversation)) is { } refusal)
        {
            return refusal;
        }

        if (OwnCodeMessages.Create(conversation.Messages, out var messages) is { } fault)
        {
            return fault;
        }

        chat = new ChatRequest { Model = model, Messages = messages, Options = OptionsOf(model, conversation, notes), Stream = request.Stream };
        return null;
    }

    private Refusal? Unfit(Conversation conversation)
    {
        if (Lacks(ChatAbilities.Json) && conversation.Format.Kind != AnswerFormatKind.Text)
        {
            return NoPlace("response_format", "answers in JSON");
        }

        if (Lacks(ChatAbilities.Tools) && conversation.Tools.Count > 0)
        {
            return NoPlace("tools", "tools");
        }

        return conversation.Messages.Select(Unfit).FirstOrDefault(static refusal => refusal is not null);
    }

    private Refusal? Unfit(Message message)
    {
        if (Lacks(ChatAbilities.Tools) && (message.Role == Role.Tool || message.Calls.Count > 0))
        {
            return NoPlace(message.Path, "tools");
        }

        return message.Parts.Select(part => part switch
        {
            ImagePart when Lacks(ChatAbilities.Images) => NoPlace(part.Path, "images"),
            FilePart or AudioPart when Lacks(ChatAbilities.Files) => NoPlace(part.Path, "documents and sound"),
            _ => null,
        }).FirstOrDefault(static refusal => refusal is not null);
    }

    private bool Lacks(ChatAbilities ability) => !type.Options.Abilities.HasFlag(ability);

    private static Refusal NoPlace(string field, string what) => Refusals.UnsupportedParameter(field, $"This model's provider has no place for {what}.");

    private static ChatOptions OptionsOf(string model, Conversation conversation, TranslationNotes notes)
    {
        var options = new ChatOptions
        {
            ModelId = model,
            MaxOutputTokens = conversation.MaxOutputTokens > 0 ? conversation.MaxOutputTokens : null,
            Temperature = (float?)conversation.Temperature,
            TopP = (float?)conversation.TopP,
            TopK = conversation.TopK,
            FrequencyPenalty = (float?)conversation.FrequencyPenalty,
            PresencePenalty = (float?)conversation.PresencePenalty,
            Seed = conversation.Seed,
            StopSequences = conversation.Stop.Count > 0 ? [.. conversation.Stop] : null,
            ResponseFormat = FormatOf(conversation.Format),
            Reasoning = ReasoningOf(conversation.Reasoning, notes),
        };
        if (conversation.Tools.Count > 0)
        {
            options.Tools = [.. conversation.Tools.Select(static tool => new DeclaredTool(tool))];
            options.ToolMode = ModeOf(conversation.ToolChoice);
            options.AllowMultipleToolCalls = conversation.ParallelToolCalls;
        }

        if (conversation.User is { } user)
        {
            options.AdditionalProperties = new() { ["user"] = user };
        }

        return options;
    }

    private static ChatResponseFormatJson? FormatOf(AnswerFormat format) => format.Kind switch
    {
        AnswerFormatKind.JsonObject => ChatResponseFormat.Json,
        AnswerFormatKind.JsonSchema => ChatResponseFormat.ForJsonSchema(format.Schema.Clone(), format.Name),
        _ => null,
    };

    private static ChatToolMode? ModeOf(ToolChoice choice) => choice.Kind switch
    {
        ToolChoiceKind.Auto => ChatToolMode.Auto,
        ToolChoiceKind.None => ChatToolMode.None,
        ToolChoiceKind.Required => ChatToolMode.RequireAny,
        ToolChoiceKind.Named => ChatToolMode.RequireSpecific(choice.Name!),
        _ => null,
    };

    private static ReasoningOptions? ReasoningOf(ReasoningWish wish, TranslationNotes notes)
    {
        ReasoningEffort? effort = wish.Effort switch
        {
            "none" => ReasoningEffort.None,
            "minimal" => Nearest(ReasoningEffort.Low),
            "low" => ReasoningEffort.Low,
            "medium" => ReasoningEffort.Medium,
            "high" => ReasoningEffort.High,
            "xhigh" => ReasoningEffort.ExtraHigh,
            _ => null,
        };
        if (wish.Effort is not null && effort is null)
        {
            notes.Dropped(Effort);
        }

        // There is no place for a bound in tokens: the effort that other providers take such a bound for is nearest.
        if (wish.BudgetTokens > 0 && effort is null)
        {
            effort = wish.BudgetTokens switch { <= 2048 => ReasoningEffort.Low, <= 8192 => ReasoningEffort.Medium, _ => ReasoningEffort.High };
            notes.Changed("thinking", "sent as an effort");
        }

        return effort is null ? null : new ReasoningOptions { Effort = effort };

        ReasoningEffort Nearest(ReasoningEffort nearest)
        {
            notes.Changed(Effort, "sent as low");
            return nearest;
        }
    }
}

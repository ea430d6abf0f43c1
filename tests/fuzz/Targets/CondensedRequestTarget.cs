using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// Conversations to be condensed: the first byte chooses how the client speaks, the second one the budget. What comes out is
/// sound, reads as a conversation again, and keeps the budget.
/// </summary>
internal sealed class CondensedRequestTarget : FuzzTarget
{
    private const int LeastBudget = 8;
    private const int TokensPerStep = 3;

    private static readonly InferenceOperation[] Operations =
        [InferenceOperation.Condense, InferenceOperation.ChatCompletions, InferenceOperation.Messages, InferenceOperation.Responses];

    private readonly ModelNames _names = new();

    // The tokenizer is loaded before any input's memory is measured.
    public CondensedRequestTarget() => _ = TokenCounters.O200k.Count("a");

    /// <inheritdoc/>
    public override string Name => "condensed-request";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"role\":\"user\"", "\"role\":\"assistant\"", "\"role\":\"tool\"", "\"content\":[{\"type\":\"text\",\"text\":\"a\"}]", "\"content\":null", "\"timestamp\":1", "\"timestamp\":\"2026-01-01\"", "\"timestamp\":",
        "\"tool_calls\":[{\"id\":\"c\"}]", "\"tool_call_id\":\"c\"", "{\"type\":\"tool_use\",\"id\":\"t\"}", "{\"type\":\"tool_result\",\"tool_use_id\":\"t\"}", "{\"type\":\"reasoning\"}",
        "{\"type\":\"function_call\",\"call_id\":\"a\"}", "{\"type\":\"function_call_output\",\"call_id\":\"a\"}", "\"strategy\":\"semantic\"", "\"max_tokens\":9", "\"query\":", "\"\\ud800\"", "\"\\ud83d\\ude42\"",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Condensation/ConversationReader.cs", "Condensation/ChatItems.cs", "Condensation/MessagesItems.cs", "Condensation/ResponsesItems.cs", "Condensation/MessageParts.cs", "Condensation/CondenseParameters.cs",
        "Condensation/ItemCopy.cs", "Condensation/TurnMerge.cs", "Condensation/CondensedBody.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Condensation/ConversationReader.cs", "if (JsonText.HasHalfPair(body.Span))");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var operation = Operations[input.Length == 0 ? 0 : input[0] % Operations.Length];
        var budget = LeastBudget + (input.Length < 2 ? 0 : input[1] * TokensPerStep);
        var body = input.AsMemory(Math.Min(2, input.Length));
        if (RequestScanner.Scan(body, operation, new InputLimitOptions { MaxMessages = 64 }, _names, out _) is { } refusal)
        {
            return Refused(operation, refusal);
        }

        var reading = ConversationReader.Read(body, operation, new TokenRules(TokenCounters.O200k, ImageTokens.Unknown));
        if (reading.Refusal is { } unreadable)
        {
            return Refused(operation, unreadable);
        }

        var strategy = (CondensationStrategy)(budget % 4);
        if (operation == InferenceOperation.Condense)
        {
            if (CondenseParameters.Read(body, strategy, out var parameters) is { } unfit)
            {
                return Refused(operation, unfit);
            }

            strategy = parameters!.Strategy;
        }

        return Condense(reading.Layout!, budget, strategy);
    }

    private static int Condense(ConversationLayout layout, int budget, CondensationStrategy strategy)
    {
        var result = Condenser.Condense(layout.Conversation, new CondensationRequest { Budget = budget, Counter = layout.Counter, Strategy = strategy });
        if (result.TokensBefore != layout.MessageTokens)
        {
            throw new InvalidDataException($"{layout.MessageTokens} tokens were counted, and {result.TokensBefore} condensed.");
        }

        if (layout.List.Equals(default) || (!result.IsUnchanged && result.Least > budget))
        {
            return HashCode.Combine(layout.Operation, layout.Messages.Length);
        }

        var written = CondensedBody.Write(layout, result.Messages);
        Sound.Json(written);
        var again = ConversationReader.Read(written, layout.Operation, new TokenRules(layout.Counter, ImageTokens.Unknown));
        if (again.Layout is not { } condensed)
        {
            throw new InvalidDataException($"What was condensed is no conversation: {again.Refusal!.Message}");
        }

        if (condensed.MessageTokens > budget)
        {
            throw new InvalidDataException($"{condensed.MessageTokens} tokens are more than {budget}.");
        }

        return HashCode.Combine(layout.Operation, strategy, layout.Messages.Length, condensed.Messages.Length, layout.HasTimestamps, result.IsUnchanged);
    }

    private static int Refused(InferenceOperation operation, Refusal refusal) =>
        HashCode.Combine(operation, ErrorReading.BlameOnTheClient(refusal), refusal.Code, refusal.Param?.Length);
}

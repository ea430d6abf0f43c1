using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>Dialogues that grow turn by turn: how often the beginning changes, what the turns cost with a prompt cache, and what is known at the end.</summary>
internal static class RollingStudy
{
    private static readonly RollingOptions Options = new();
    private static readonly ImmutableArray<int> Budgets = [2048, 4096, 8192];

    private delegate CondensationResult Condense(List<ConversationMessage> messages, CondensationRequest request);

    /// <summary>Writes the table.</summary>
    /// <param name="page">Takes it.</param>
    /// <param name="questions">Even-numbered ones.</param>
    public static void Write(StringBuilder page, ImmutableArray<Question> questions)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## Dialogues that grow (cached tokens at {Options.Price.Read:0.##} of the price)\n\n| budget | way | turns | turns whose beginning changed | prompt tokens a turn, cached ones at their price | evidence turns of {questions.Length} even-numbered questions kept at the end, % |\n|---|---|---|---|---|---|\n");
        foreach (var budget in Budgets)
        {
            Write(page, questions, budget, "rolling", static (messages, request) => RollingCondensation.Condense(messages, request, Options).Result);
            Write(page, questions, budget, "hybrid at each turn", static (messages, request) => Condenser.Condense(messages, request));
            Write(page, questions, budget, "last messages", LastMessages);
        }
    }

    private static void Write(StringBuilder page, ImmutableArray<Question> questions, int budget, string name, Condense condense)
    {
        var request = new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k };
        var (turns, changed, cost) = (0, 0, 0.0);
        var evidence = new List<double>();
        foreach (var dialogue in questions.Select(question => question.Dialogue).Distinct())
        {
            ImmutableArray<CondensedMessage> before = [];
            for (var count = 1; count <= dialogue.Messages.Count; count += 2)
            {
                var now = condense(dialogue.Messages[..count], request).Messages;
                var same = now.Zip(before).TakeWhile(pair => pair.First == pair.Second).Count();
                var cached = now.Take(same).Sum(message => CostOf(dialogue, message));
                var all = now.Sum(message => CostOf(dialogue, message));
                cost += (cached * Options.Price.Read) + ((all - cached) * Options.Price.Write);
                changed += same < before.Length ? 1 : 0;
                turns++;
                before = now;
            }

            var kept = before.Where(message => message.Source >= 0).ToDictionary(message => message.Source, message => message.Text ?? dialogue.Messages[message.Source].Text);
            evidence.AddRange(questions.Where(question => question.Dialogue == dialogue).Select(question => Scores.Evidence(question, kept)));
        }

        page.Append(CultureInfo.InvariantCulture, $"| {budget} | {name} | {turns} | {changed} | {cost / turns:0} | {100 * evidence.Average():0.0} |\n");
    }

    private static int CostOf(Dialogue dialogue, CondensedMessage message) => message switch
    {
        { Source: < 0 } or { Text: not null } => MessageCost.OfMessage + MessageCost.OfText(message.Text, TokenCounters.O200k),
        _ => dialogue.Costs[message.Source],
    };

    private static CondensationResult LastMessages(List<ConversationMessage> messages, CondensationRequest request)
    {
        var left = request.Budget - MessageCost.OfConversation;
        var first = messages.Count;
        while (first > 0 && MessageCost.Of(messages[first - 1], request.Counter) is var cost && cost <= left)
        {
            left -= cost;
            first--;
        }

        return new CondensationResult(static () => "")
        {
            Messages = [.. Enumerable.Range(first, messages.Count - first).Select(i => new CondensedMessage(i, messages[i].Role, null))],
            TokensBefore = 0,
            TokensAfter = request.Budget - left,
            Least = 0,
        };
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>The question as a user puts it in a chat: it is the last message, and no query is given.</summary>
internal static class ChatStudy
{
    private static readonly ImmutableArray<int> Budgets = [512, 1024, 2048, 4096];

    public static void Write(StringBuilder page, ImmutableArray<Question> questions)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## The question as the last message\n\n| question | evidence turns kept, %, at {string.Join(" / ", Budgets)} tokens |\n|---|---|\n");
        Write(page, questions, "as it is", static text => text);
        Write(page, questions, "with \"Thanks!\" after it", static text => text + " Thanks!");
        Write(page, questions, "without its mark", static text => text.TrimEnd('?'));
    }

    private static void Write(StringBuilder page, ImmutableArray<Question> questions, string name, Func<string, string> put)
    {
        var shares = Budgets.Select(budget => questions.Average(question => ShareOf(question, put(question.Text), budget)));
        page.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" / ", shares.Select(share => (100 * share).ToString("0.0", CultureInfo.InvariantCulture)))} |\n");
    }

    private static double ShareOf(Question question, string asked, int budget)
    {
        List<ConversationMessage> messages = [.. question.Dialogue.Messages, new() { Role = MessageRole.User, Text = asked }];
        var result = Condenser.Condense(messages, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k });
        var kept = result.Messages
            .Where(message => message.Source >= 0 && message.Source < question.Dialogue.Messages.Count)
            .ToDictionary(message => message.Source, message => message.Text ?? messages[message.Source].Text);
        return Scores.Evidence(question, kept);
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>Coding sessions with rules that are given once and early, and last messages that need what was said long ago.</summary>
internal static class RulesStudy
{
    private const int SecondRuleAt = 24;
    private const int FarTurn = 6;

    public static void Write(StringBuilder page, Targets targets)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## Coding sessions with rules given once (made, {CodingStudy.Sessions / 2} of even seeds)\n\n| last message, paid out of the budget | method | what it needs that is left, %, at {string.Join(" / ", CodingStudy.Budgets)} tokens |\n|---|---|---|\n");
        var sessions = Enumerable.Range(1, CodingStudy.Sessions / 2).Select(i => Of(2 * i)).ToList();
        foreach (var (title, last, wanted) in (IEnumerable<(string, Func<Session, string>, Func<Session, ImmutableArray<string>>)>)
        [
            ("goes on: both rules", session => session.Next, session => [session.First, session.Second]),
            ("asks for the first rule", _ => "Which file did I tell you never to touch?", session => [session.First]),
            ("asks for a function of long ago", session => $"What does {session.Far} return for 7?", session => [$"public int {session.Far}("]),
        ])
        {
            foreach (var method in CodingStudy.Named("hybrid", "last messages", "submodular coverage"))
            {
                var shares = CodingStudy.Budgets.Select(budget => sessions.Average(session => Share(session, method, last(session), wanted(session), budget))).ToList();
                page.Append(CultureInfo.InvariantCulture, $"| {title} | {method.Name} | {string.Join(" / ", shares.Select(share => (100 * share).ToString("0.0", CultureInfo.InvariantCulture)))} |\n");
                if (method.Name == "hybrid")
                {
                    targets.Rises($"Coding sessions with rules ({title}): a larger budget never keeps less", shares);
                }
            }
        }
    }

    private static double Share(Session session, Method method, string last, ImmutableArray<string> wanted, int budget)
    {
        var turns = session.Messages.Append(Say(MessageRole.User, last)).Select((message, i) => new Turn(i.ToString(CultureInfo.InvariantCulture), message.Text, message));
        var kept = method.Keep(new Dialogue("", turns), null, budget);
        return (double)wanted.Count(text => kept.Values.Any(left => left.Contains(text, StringComparison.Ordinal))) / wanted.Length;
    }

    private static Session Of(int seed)
    {
        var (before, after) = CodingSessions.Of(seed, CodingStyle.Fenced);
        var first = string.Create(CultureInfo.InvariantCulture, $"Never touch src/Billing{seed}.cs, it is being audited.");
        const string Second = "From here on, no abbreviations in names, please.";
        List<ConversationMessage> messages =
        [
            Say(MessageRole.User, first), Say(MessageRole.Assistant, "Understood."),
            .. before.Messages[..SecondRuleAt],
            Say(MessageRole.User, Second), Say(MessageRole.Assistant, "Noted."),
            .. before.Messages[SecondRuleAt..],
        ];
        return new Session(messages, first, Second, CodingSessions.Identifiers(before.Messages[2 * FarTurn].Text).First(), after[0]);
    }

    private static ConversationMessage Say(MessageRole role, string text) => new() { Role = role, Text = text };

    private sealed record Session(List<ConversationMessage> Messages, string First, string Second, string Far, string Next);
}

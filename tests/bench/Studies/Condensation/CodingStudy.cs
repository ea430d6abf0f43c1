using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>Made coding sessions: files are written and changed, and later turns name what was defined before, mostly lately.</summary>
internal static partial class CodingStudy
{
    private const int Sessions = 40;
    private const int Turns = 60;
    private const int Later = 6;

    private static readonly ImmutableArray<int> Budgets = [512, 1024, 2048];
    private static readonly ImmutableArray<string> Verbs = ["load", "parse", "merge", "render", "validate", "flush", "resolve", "encode", "queue", "retry"];
    private static readonly ImmutableArray<string> Nouns = ["Invoice", "Session", "Ledger", "Tariff", "Shipment", "Sensor", "Index", "Voucher", "Manifest", "Gateway"];

    public static void Write(StringBuilder page)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## Coding sessions (made, {Sessions} of {Turns} turns)\n\n| method | identifiers of the next {Later} turns that are left, %, at {string.Join(" / ", Budgets)} tokens |\n|---|---|\n");
        var sessions = Enumerable.Range(1, Sessions).Select(Session).ToList();
        foreach (var name in (string[])["hybrid", "last messages", "head and tail", "submodular coverage"])
        {
            var method = Methods.All.Single(method => method.Name == name);
            var shares = Budgets.Select(budget => sessions.Average(session => Share(session, method, budget)));
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" / ", shares.Select(share => (100 * share).ToString("0.0", CultureInfo.InvariantCulture)))} |\n");
        }
    }

    private static double Share((Dialogue Before, ImmutableArray<string> After) session, Method method, int budget)
    {
        var left = method.Keep(session.Before, null, budget).Values.SelectMany(Identifiers).ToHashSet(StringComparer.Ordinal);
        var known = session.Before.Messages.SelectMany(message => Identifiers(message.Text)).ToHashSet(StringComparer.Ordinal);
        var references = session.After.SelectMany(Identifiers).Where(known.Contains).ToList();
        return (double)references.Count(left.Contains) / references.Count;
    }

    private static IEnumerable<string> Identifiers(string text) => Identifier().Matches(text).Select(match => match.Value);

    private static (Dialogue Before, ImmutableArray<string> After) Session(int seed)
    {
        var random = new Random(seed);
        var defined = new List<string>();
        var texts = new List<string>();
        for (var turn = 0; turn < Turns + Later; turn++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Verbs[random.Next(Verbs.Length)]}{Nouns[random.Next(Nouns.Length)]}{turn}");
            var used = Enumerable.Range(0, 3).Select(_ => Recent(defined, random)).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"Now write {name}{(used.Count > 0 ? ", which builds on " + string.Join(" and ", used) : "")}. Mind the edge cases, please."));
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"Here is {name}:\n```csharp\npublic int {name}(int input)\n{{\n{string.Concat(used.Select(other => $"    input += {other}(input - 1);\n"))}    return input * {random.Next(100)};\n}}\n```\nIt handles negative input by returning early in its callers."));
            defined.Add(name);
        }

        var before = texts.Take(Turns * 2).Select((text, i) => new Turn(
            i.ToString(CultureInfo.InvariantCulture), text, new ConversationMessage { Role = i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, Text = text }));
        return (new Dialogue(seed.ToString(CultureInfo.InvariantCulture), before), [.. texts.Skip(Turns * 2)]);
    }

    // How far back a name lies falls off exponentially, six turns on average.
    private static string? Recent(List<string> defined, Random random)
    {
        var back = 1 + (int)(-6 * Math.Log(1 - random.NextDouble()));
        return back <= defined.Count ? defined[^back] : null;
    }

    [GeneratedRegex("[a-z]+[A-Z][a-z]+[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Identifier();
}

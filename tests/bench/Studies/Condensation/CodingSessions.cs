using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>How made coding sessions are written.</summary>
internal enum CodingStyle
{
    /// <summary>C# in fenced blocks.</summary>
    Fenced = 0,

    /// <summary>Code without fences.</summary>
    Bare = 1,

    /// <summary>Python with names in snake case.</summary>
    Snake = 2,

    /// <summary>Files read and written by calls of tools, with JSON.</summary>
    Tools = 3,

    /// <summary>Two turns of talk for each with code.</summary>
    Discussed = 4,

    /// <summary>As <see cref="Tools"/>, with long results.</summary>
    Logs = 5,
}

/// <summary>Made coding sessions: functions are written one after the other, and later turns name what was defined before, mostly lately.</summary>
internal static partial class CodingSessions
{
    /// <summary>Turns that are condensed.</summary>
    public const int Turns = 60;

    /// <summary>Turns after them, that tell what was needed.</summary>
    public const int Later = 6;

    private static readonly ImmutableArray<string> Verbs = ["load", "parse", "merge", "render", "validate", "flush", "resolve", "encode", "queue", "retry"];
    private static readonly ImmutableArray<string> Nouns = ["Invoice", "Session", "Ledger", "Tariff", "Shipment", "Sensor", "Index", "Voucher", "Manifest", "Gateway"];

    /// <summary>A session, and the texts of what comes after it.</summary>
    public static (Dialogue Before, ImmutableArray<string> After) Of(int seed, CodingStyle style)
    {
        var random = new Random(seed);
        var defined = new List<string>();
        var before = new List<ConversationMessage>();
        var after = new List<ConversationMessage>();
        for (var turn = 0; turn < Turns + Later; turn++)
        {
            var name = NameOf(random, turn, style);
            var used = Enumerable.Range(0, 3).Select(_ => Recent(defined, random)).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            (turn < Turns ? before : after).AddRange(Write(name, used, turn, random, style));
            defined.Add(name);
        }

        var turns = before.Select((message, i) => new Turn(i.ToString(CultureInfo.InvariantCulture), message.Text, message));
        return (new Dialogue(seed.ToString(CultureInfo.InvariantCulture), turns), [.. after.Select(message => message.Text)]);
    }

    /// <summary>The names of functions in a text.</summary>
    public static IEnumerable<string> Identifiers(string text) => Identifier().Matches(text).Select(match => match.Value);

    private static IEnumerable<ConversationMessage> Write(string name, List<string> used, int turn, Random random, CodingStyle style)
    {
        yield return Say(MessageRole.User, $"Now write {name}{(used.Count > 0 ? ", which builds on " + string.Join(" and ", used) : "")}. Mind the edge cases, please.");
        var code = style == CodingStyle.Snake
            ? $"def {name}(value):\n{string.Concat(used.Select(other => $"    value += {other}(value - 1)\n"))}    return value * {random.Next(100)}\n"
            : $"public int {name}(int input)\n{{\n{string.Concat(used.Select(other => $"    input += {other}(input - 1);\n"))}    return input * {random.Next(100)};\n}}\n";
        if (style is CodingStyle.Tools or CodingStyle.Logs)
        {
            var log = style == CodingStyle.Logs ? string.Concat(Enumerable.Range(0, random.Next(40)).Select(line => $"[{line}] compiled unit {random.Next(1000)} in {random.Next(90)} ms; ")) : "";
            var id = string.Create(CultureInfo.InvariantCulture, $"call_{turn}");
            yield return Say(MessageRole.Assistant, "I write the file.") with { Calls = [id], IsIndivisible = true, OtherTokens = 20 };
            yield return Say(MessageRole.Tool, $$"""{"path": "src/{{name}}.cs", "written": true, "log": "{{log}}", "content": "{{code.Replace("\n", "\\n", StringComparison.Ordinal)}}"}""") with { Answers = [id], IsIndivisible = true };
            yield return Say(MessageRole.Assistant, $"{name} is written, and handles negative input by returning early in its callers.");
            yield break;
        }

        var isTalk = style == CodingStyle.Discussed && turn % 3 != 0;
        yield return Say(MessageRole.Assistant, (isTalk, style) switch
        {
            (true, _) => $"Before I write {name}, one question about {(used.Count > 0 ? used[0] : "the input")}: may it be negative? If it may, the callers have to return early, and the totals are rounded down at the end.",
            (_, CodingStyle.Bare) => $"Here is {name}:\n{code}\nIt handles negative input by returning early in its callers.",
            (_, CodingStyle.Snake) => $"Here is {name}:\n```python\n{code}```\nIt handles negative input by returning early in its callers.",
            _ => $"Here is {name}:\n```csharp\n{code}```\nIt handles negative input by returning early in its callers.",
        });
    }

    private static ConversationMessage Say(MessageRole role, string text) => new() { Role = role, Text = text };

    private static string NameOf(Random random, int turn, CodingStyle style)
    {
        var (verb, noun) = (Verbs[random.Next(Verbs.Length)], Nouns[random.Next(Nouns.Length)]);
        return style == CodingStyle.Snake
            ? string.Create(CultureInfo.InvariantCulture, $"{verb}_{noun.ToLowerInvariant()}_{turn}")
            : string.Create(CultureInfo.InvariantCulture, $"{verb}{noun}{turn}");
    }

    // How far back a name lies falls off exponentially, six turns on average.
    private static string? Recent(List<string> defined, Random random)
    {
        var back = 1 + (int)(-6 * Math.Log(1 - random.NextDouble()));
        return back <= defined.Count ? defined[^back] : null;
    }

    [GeneratedRegex("[a-z]+(_[a-z]+_|[A-Z][a-z]+)[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Identifier();
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Conversations of every kind, made from a seed: talk, code, JSON, tools, pictures, several scripts, nothing at all, instructions in the middle.</summary>
internal static partial class Conversations
{
    /// <summary>One sign to whoever reads it, of five code points.</summary>
    public const string Family = "👩‍👩‍👧";

    private static readonly string[] Sentences =
    [
        "We decided to move the release to 14 May 2031.",
        "How do I restart the ingest service?",
        "The error only shows when Redis is slow, e.g. behind a full disk.",
        "Yes.",
        "Ada met Grace in Lisbon last week, and they agreed on the price of 1,250 dollars!",
        "我们昨天在北京讨论了预算问题。我同意你的看法！",
        "Wie wird die Gebührenordnung geändert? Das ist wichtig.",
        "متى يبدأ الاجتماع؟ غدًا صباحًا.",
        $"It is *important* that the key point stays: never retry a payment. 🙂{Family}",
        "See https://example.com/a?b=c#d for details; version 3.5.1 fixed it.",
        "회의는 내일 오전 10시에 시작합니다. 누가 오나요?",
        $"{Family}{Family} 𠮷野家で会いましょう。🇨🇭👍🏽",
        "Nghi\u0309 ngơi đi e\u0301tienne.",
    ];

    // What the texts are made of, cut by hand where a reader would say that a sentence ends. The longest first.
    private static readonly string[] Pieces =
    [
        .. new[]
        {
            "We decided to move the release to 14 May 2031.", "How do I restart the ingest service?", "The error only shows when Redis is slow, e.g. behind a full disk.", "Yes.",
            "Ada met Grace in Lisbon last week, and they agreed on the price of 1,250 dollars!", "我们昨天在北京讨论了预算问题。", "我同意你的看法！",
            "Wie wird die Gebührenordnung geändert?", "Das ist wichtig.", "متى يبدأ الاجتماع؟", "غدًا صباحًا.",
            "It is *important* that the key point stays: never retry a payment.", $"🙂{Family}", "See https://example.com/a?b=c#d for details; version 3.5.1 fixed it.",
            "회의는 내일 오전 10시에 시작합니다.", "누가 오나요?", $"{Family}{Family} 𠮷野家で会いましょう。", "🇨🇭👍🏽", "Nghi\u0309 ngơi đi e\u0301tienne.",
            "Here it is:", "Does that help?", "# Notes", "It said", "and no more.",
        }.OrderByDescending(static piece => piece.Length),
    ];

    private static readonly string[] Languages = ["csharp", "python", "sql"];

    // What stays whole or goes, by the mark that stands in it.
    private static readonly ConcurrentDictionary<string, string> Marked = new();

    /// <summary>Any conversation of at least two messages, ending with a user's or a tool's.</summary>
    public static List<ConversationMessage> Of(int seed, int turns)
    {
        var random = new Random(seed);
        var messages = new List<ConversationMessage>();
        if (random.Next(3) > 0)
        {
            messages.Add(Message(MessageRole.System, "You are a careful assistant."));
        }

        for (var turn = 0; turn < turns; turn++)
        {
            messages.Add(User(random));
            if (random.Next(4) == 0)
            {
                AddTools(messages, random, turn);
            }

            if (random.Next(25) == 0)
            {
                messages.Add(Message(MessageRole.System, "From now on, answer briefly."));
            }

            messages.Add(Message(MessageRole.Assistant, Text(random)));
        }

        messages.Add(Message(MessageRole.User, "What did we decide about the release?"));
        if (random.Next(4) == 0)
        {
            AddTools(messages, random, turns);
        }

        return messages;
    }

    public static ConversationMessage Message(MessageRole role, string text) => new() { Role = role, Text = text };

    /// <summary>Code with its fences and whole JSON, for each that any of stands in a text.</summary>
    public static IEnumerable<string> WholesOf(string text) => Mark().Matches(text).Select(match => Marked[match.Value]).Distinct(StringComparer.Ordinal);

    /// <summary>What is left of a text without whole sentences, code, JSON and the dashes of items: parts of them.</summary>
    public static string WithoutWholes(string text)
    {
        var left = WholesOf(text).Concat(Pieces).Aggregate(text, static (left, whole) => left.Replace(whole, " ", StringComparison.Ordinal));
        return string.Concat(left.Where(static c => c != '-' && !char.IsWhiteSpace(c)));
    }

    private static ConversationMessage User(Random random) => random.Next(12) switch
    {
        0 => Message(MessageRole.User, ""),
        1 => Message(MessageRole.User, random.Next(2) == 0 ? "" : Text(random)) with { IsIndivisible = true, OtherTokens = random.Next(20, 400) },
        2 => Message(MessageRole.User, Text(random)) with { Name = "Ada", Timestamp = DateTimeOffset.UnixEpoch.AddMinutes(random.Next(100_000)) },
        _ => Message(MessageRole.User, Text(random)),
    };

    // Results as messages of their own, or all in one of the user's, who may say something too.
    private static void AddTools(List<ConversationMessage> messages, Random random, int turn)
    {
        var ids = Enumerable.Range(0, random.Next(1, 4)).Select(i => string.Create(CultureInfo.InvariantCulture, $"call-{turn}-{i}")).ToArray();
        messages.Add(Message(MessageRole.Assistant, random.Next(2) == 0 ? "" : "Let me look.") with { Calls = [.. ids], IsIndivisible = true, OtherTokens = 12 * ids.Length });
        if (random.Next(3) > 0)
        {
            messages.AddRange(ids.Select(id => Message(MessageRole.Tool, Json(random)) with { Answers = [id], IsIndivisible = true }));
            return;
        }

        var own = random.Next(2) == 0 ? Sentence(random) : null;
        messages.Add(Message(MessageRole.User, string.Join('\n', ids.Select(_ => Json(random)).Append(own))) with { Answers = [.. ids], IsIndivisible = true, OwnText = own });
    }

    private static string Text(Random random) => random.Next(9) switch
    {
        0 => $"Here it is:\n{Code(random)}\nDoes that help?",
        1 => Json(random),
        2 => "# Notes\n" + string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(i => $"- {Sentence(random)}\n")),
        3 => Some(random, 20, 60),
        4 => $"{Some(random, 2, 9)}\n{Json(random)}\n{Some(random, 2, 9)} It said {Json(random)} and no more. {Some(random, 1, 5)}\n\n{Code(random)}\n\n{Some(random, 1, 5)}",
        _ => Some(random, 1, 4),
    };

    private static string Some(Random random, int least, int most) => string.Join(' ', Enumerable.Range(0, random.Next(least, most)).Select(_ => Sentence(random)));

    private static string Sentence(Random random) => Sentences[random.Next(Sentences.Length)];

    private static string Code(Random random)
    {
        var mark = MarkOf(random);
        var fence = random.Next(3) == 0 ? "~~~~" : "```";
        return Marked[mark] = $"{fence}{Languages[random.Next(Languages.Length)]}\nvar {mark} = 1. Or so? Yes!\n\n- {mark}\n{fence}";
    }

    private static string Json(Random random)
    {
        var mark = MarkOf(random);
        var price = random.Next(100_000);
        var deep = random.Next(1, 300);
        return Marked[mark] = random.Next(5) switch
        {
            0 => $$"""{"id":"{{mark}}","items":[{"name":"a]} b. C! d","price":{{price}}.5}],"end":"{{mark}}"}""",
            1 => $"{{\n  \"id\": \"{mark}\",\n  \"items\": [\n    {price},\n    -2,\n    true\n  ],\n\n  \"said\": \"Yes. No? {Family}\",\n  \"end\": \"{mark}\"\n}}",
            2 => $"[\n  {price},\n  \"{mark}. A\",\n  \"{mark}\"\n]",
            3 => $"{new string('[', deep)}\"{mark}. A\",\n\"{mark}\"{new string(']', deep)}",
            _ => $$"""[{"a":"{{mark}}. B"},{"a":"\"{{mark}}\\"}]""",
        };
    }

    private static string MarkOf(Random random) => string.Create(CultureInfo.InvariantCulture, $"mark{random.Next():D10}z");

    [GeneratedRegex("mark[0-9]{10}z", RegexOptions.NonBacktracking)]
    private static partial Regex Mark();
}

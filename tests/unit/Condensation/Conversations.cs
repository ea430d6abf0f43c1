using System.Globalization;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Conversations of every kind, made from a seed: talk, code, JSON, tools, several scripts, instructions in the middle.</summary>
internal static class Conversations
{
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
        "It is *important* that the key point stays: never retry a payment. 🙂👩‍👩‍👧",
        "See https://example.com/a?b=c#d for details; version 3.5.1 fixed it.",
    ];

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
            messages.Add(Message(MessageRole.User, Text(random)));
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

    private static void AddTools(List<ConversationMessage> messages, Random random, int turn)
    {
        var ids = Enumerable.Range(0, random.Next(1, 4)).Select(i => string.Create(CultureInfo.InvariantCulture, $"call-{turn}-{i}")).ToArray();
        messages.Add(Message(MessageRole.Assistant, random.Next(2) == 0 ? "" : "Let me look.") with { Calls = [.. ids], IsIndivisible = true, OtherTokens = 12 * ids.Length });
        messages.AddRange(ids.Select(id => Message(MessageRole.Tool, Json(random)) with { Answers = [id], IsIndivisible = true }));
    }

    private static string Text(Random random) => random.Next(8) switch
    {
        0 => $"Here it is:\n```csharp\nvar x = {random.Next()};\nConsole.WriteLine(x);\n```\nDoes that help?",
        1 => Json(random),
        2 => "# Notes\n" + string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(i => $"- {Sentence(random)}\n")),
        3 => string.Join(' ', Enumerable.Range(0, random.Next(20, 60)).Select(_ => Sentence(random))),
        _ => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Sentence(random))),
    };

    private static string Sentence(Random random) => Sentences[random.Next(Sentences.Length)];

    private static string Json(Random random) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{random.Next()},\"items\":[{{\"name\":\"a]}} b\",\"price\":{random.NextDouble()}}}]}}");
}

using System.Globalization;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class StrategyTests
{
    private static readonly string Filler = string.Join(' ', Enumerable.Repeat("Nothing much happened on that long and quiet afternoon.", 12));

    [Fact]
    public void Hybrid_WithAQuery_KeepsTheAnswerAndWhatStandsBesideIt()
    {
        var messages = Talk(60);
        messages.Insert(20, Conversations.Message(MessageRole.User, "Where does Priya keep the spare key?"));
        messages.Insert(21, Conversations.Message(MessageRole.Assistant, "Under the blue flowerpot, she told me."));

        var result = Condense(messages, CondensationStrategy.Hybrid, 300, "Where is the spare key of Priya?");

        Assert.Contains(20, result.Messages.Select(message => message.Source));
        Assert.Contains(21, result.Messages.Select(message => message.Source));
    }

    [Theory]
    [InlineData("```c\nint value_{0} = {0};\n```")]
    [InlineData("loadInvoice{0} calls readTotals{0} now, twelve times")]
    public void Hybrid_OfWork_KeepsTheLastSteps(string step)
    {
        var messages = new List<ConversationMessage>();
        for (var i = 0; i < 40; i++)
        {
            messages.Add(Conversations.Message(MessageRole.User, $"Change file {i}"));
            messages.Add(Conversations.Message(MessageRole.Assistant, "Done:\n" + string.Format(CultureInfo.InvariantCulture, step, i)));
        }

        messages.Add(Conversations.Message(MessageRole.User, "Go on"));
        var result = Condense(messages, CondensationStrategy.Hybrid, 400, null);

        var sources = result.Messages.Where(message => message.Source >= 0).Select(message => message.Source).ToList();
        Assert.Equal(Enumerable.Range(69, 12), sources[^12..]);
    }

    [Fact]
    public void Hybrid_OfTalkWithoutAQuestion_KeepsFactsRatherThanPleasantries()
    {
        var messages = Talk(60);
        messages[31] = Conversations.Message(MessageRole.Assistant, "I met Professor Okafor at the Lisbon workshop on 14 May, and we agreed on 1,250 dollars.");

        var result = Condense(messages, CondensationStrategy.Hybrid, 300, null);

        Assert.Contains(31, result.Messages.Select(message => message.Source));
    }

    [Theory]
    [InlineData(60, 0, false)]
    [InlineData(3, 100, true)]
    public void Text_OfSmallBlocks_TakesNoMoreThanTheBudget(int count, int room, bool hasHeadings)
    {
        var messages = Talk(30);
        var blocks = string.Join('\n', Enumerable.Range(0, count).Select(static i => $"```\n{i}\n```"));
        messages.Add(Conversations.Message(MessageRole.User, blocks));
        var budget = Condense(messages, CondensationStrategy.Hybrid, 1, null).Least + room;

        var text = Condense(messages, CondensationStrategy.Hybrid, budget, null).Text;

        Assert.InRange(TokenCounters.O200k.Count(text), 1, budget);
        Assert.Equal(hasHeadings, text.StartsWith("Structural Summary:\nCode Blocks:\n", StringComparison.Ordinal));
        Assert.Equal(hasHeadings, !text.EndsWith(blocks, StringComparison.Ordinal));
    }

    [Fact]
    public void Structural_KeepsKeySentencesAndCodeWithItsLanguage()
    {
        var messages = Talk(30);
        messages[4] = Conversations.Message(MessageRole.User, "It is critical that payments are never retried. The weather is fine.");
        messages[7] = Conversations.Message(MessageRole.Assistant, "Like this:\n```sql\nselect 1;\n```");

        var result = Condense(messages, CondensationStrategy.Structural, 150, null);

        Assert.Contains("Key Points:\nuser: It is critical that payments are never retried.\n", result.Text, StringComparison.Ordinal);
        Assert.Contains("\n\nCode Blocks:\nassistant: Like this:\n```sql\nselect 1;\n```", result.Text, StringComparison.Ordinal);
        Assert.StartsWith("[Earlier messages and results of tools in short", result.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Structural_CountsWhatAnnouncesASentence_AmongItsTen()
    {
        var items = string.Join('\n', Enumerable.Range(0, 20).Select(static i => $"For place {i} it holds:\n- it is critical that Okafor{i} must pay {i} dollars\n\nSo it is."));
        var messages = Talk(4);
        messages[1] = Conversations.Message(MessageRole.Assistant, items);

        var kept = Condense(messages, CondensationStrategy.Structural, 550, null).Messages[0].Text!;

        Assert.Equal(10, Enumerable.Range(0, 20).Sum(i => (kept.Contains($"place {i} ", StringComparison.Ordinal) ? 1 : 0) + (kept.Contains($"Okafor{i} ", StringComparison.Ordinal) ? 1 : 0)));
        Assert.DoesNotContain("So it is.", kept, StringComparison.Ordinal);
    }

    [Fact]
    public void Temporal_PrefersRecentAndImportantMessages_AndReadsTimestamps()
    {
        var now = new DateTimeOffset(2031, 5, 14, 12, 0, 0, TimeSpan.Zero);
        var messages = Enumerable.Range(0, 20)
            .Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, $"note {i}") with { Timestamp = i == 3 ? now : now.AddDays(-2) })
            .Append(Conversations.Message(MessageRole.User, "go") with { Timestamp = now })
            .ToList();

        var result = Condense(messages, CondensationStrategy.Temporal, 48, null);

        Assert.Contains(3, result.Messages.Select(message => message.Source));
        Assert.Contains(19, result.Messages.Select(message => message.Source));
        Assert.DoesNotContain(0, result.Messages.Select(message => message.Source));
    }

    [Fact]
    public void Semantic_TakesAModelsSummaries_AndExtractsWhereThereIsNone()
    {
        var messages = new List<ConversationMessage>();
        for (var i = 0; i < 12; i++)
        {
            messages.Add(Conversations.Message(MessageRole.User, $"There is a bug in module {i}, it fails. {Filler}"));
            messages.Add(Conversations.Message(MessageRole.Assistant, $"Please implement feature {i} soon. {Filler}"));
        }

        messages.Add(Conversations.Message(MessageRole.User, "go on"));
        var plan = CondensationPlan.For(messages, new CondensationRequest { Budget = 500, Counter = TokenCounters.O200k, Strategy = CondensationStrategy.Semantic });
        Assert.Equal(["technical_issues", "feature_discussion"], plan.Topics.Select(topic => topic.Name));

        var result = plan.Finish(["All twelve modules fail.", null]);

        Assert.Contains("Topic: technical_issues\nAll twelve modules fail.", result.Text, StringComparison.Ordinal);
        Assert.Contains("Topic: feature_discussion\nassistant: Please implement feature", result.Text, StringComparison.Ordinal);
        Assert.InRange(result.Merged.Length, 20, 24);
    }

    [Fact]
    public void Semantic_TellsAllThatAModelWasTold_AndOfTheOthersWhatItQuotes()
    {
        var messages = new List<ConversationMessage>();
        for (var i = 0; i < 12; i++)
        {
            messages.Add(Conversations.Message(MessageRole.User, $"There is a bug in module {i}, it fails. {Filler}"));
            messages.Add(Conversations.Message(MessageRole.Assistant, $"Please implement feature {i} soon. {Filler}"));
        }

        messages.Add(Conversations.Message(MessageRole.User, "go on"));
        var result = CondensationPlan.For(messages, new CondensationRequest { Budget = 200, Counter = TokenCounters.O200k, Strategy = CondensationStrategy.Semantic })
            .Finish(["All modules fail.", null]);

        var quoted = Enumerable.Range(0, 12).Where(i => result.Text.Contains($"feature {i} soon", StringComparison.Ordinal)).Select(static i => (2 * i) + 1).ToList();
        Assert.InRange(quoted.Count, 2, 11);
        Assert.Equal(Enumerable.Range(0, 12).Select(static i => 2 * i).Concat(quoted).Order(), result.Merged);
    }

    [Fact]
    public void Structural_TellsWhichMessagesItQuotes()
    {
        var messages = Talk(30);
        messages[4] = Conversations.Message(MessageRole.User, "It is critical that payments are never retried.");
        messages[7] = Conversations.Message(MessageRole.Assistant, "Like this:\n```sql\nselect 1;\n```");

        var result = Condense(messages, CondensationStrategy.Structural, 150, null);

        Assert.Contains(4, result.Merged);
        Assert.Contains(7, result.Merged);
        Assert.InRange(result.Merged.Length, 2, 11);
        Assert.DoesNotContain(30, result.Merged);
    }

    [Theory]
    [InlineData(160)]
    [InlineData(300)]
    [InlineData(1200)]
    public void Semantic_OffersAModelNoMoreThanThereIsRoomFor(int budget)
    {
        var words = CondensationWords.English with { Topics = [.. Enumerable.Range(0, 20).Select(static i => new TopicWords($"topic_{i}", [$"alpha{i}"]))] };
        var messages = Enumerable.Range(0, 100)
            .Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, $"We saw alpha{i / 5} with Okafor{i}. {Filler}"))
            .Append(Conversations.Message(MessageRole.User, "go on"))
            .ToList();
        var plan = CondensationPlan.For(messages, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Strategy = CondensationStrategy.Semantic, Words = words });

        Assert.InRange(plan.Topics.Sum(static topic => topic.Allowance), 32, budget);
        Assert.InRange(plan.Topics.Length, 1, 20);

        // Those that no model is asked for are told by their sentences.
        var text = plan.Finish([.. plan.Topics.Select(static topic => "We saw it.")]).Text;
        Assert.All(plan.Topics, topic => Assert.Contains($"Topic: {topic.Name}\nWe saw it.", text, StringComparison.Ordinal));
        Assert.True(text.Split("Topic: ").Length - 1 > plan.Topics.Length || plan.Topics.Length == 20, text);
    }

    [Fact]
    public void Semantic_FillsWhatShortSummariesLeave()
    {
        var messages = new List<ConversationMessage>();
        for (var i = 0; i < 12; i++)
        {
            messages.Add(Conversations.Message(MessageRole.User, $"There is a bug in module {i}, it fails at Okafor{i}."));
            messages.Add(Conversations.Message(MessageRole.Assistant, $"Please implement feature {i} soon, as Lindiwe{i} asked."));
        }

        messages.Add(Conversations.Message(MessageRole.User, "go on"));
        var plan = CondensationPlan.For(messages, new CondensationRequest { Budget = 300, Counter = TokenCounters.O200k, Strategy = CondensationStrategy.Semantic });
        var result = plan.Finish(["All modules fail.", "All features are wanted."]);

        var kept = result.Messages.Where(message => message.Source >= 0).Select(message => message.Source).ToList();
        Assert.InRange(result.TokensAfter, 270, 300);
        Assert.InRange(kept.Count, 8, 20);
        Assert.Equal(Enumerable.Range(0, messages.Count).Except(kept), result.Merged);
    }

    [Fact]
    public void Semantic_SentencesStandInForMoreWhereOneTopicsSummaryIsShort()
    {
        var messages = new List<ConversationMessage>();
        for (var i = 0; i < 12; i++)
        {
            messages.Add(Conversations.Message(MessageRole.User, $"There is a bug in module {i}, it fails. {Filler}"));
            messages.Add(Conversations.Message(MessageRole.Assistant, $"Please implement feature {i} soon. {Filler}"));
        }

        messages.Add(Conversations.Message(MessageRole.User, "go on"));
        var request = new CondensationRequest { Budget = 200, Counter = TokenCounters.O200k, Strategy = CondensationStrategy.Semantic };
        int Implemented(IReadOnlyList<string?> summaries) => CondensationPlan.For(messages, request).Finish(summaries).Text.Split("Please implement").Length - 1;

        Assert.InRange(Implemented(["All modules fail.", null]), Implemented([null, null]) + 1, 12);
    }

    // Where the last message is instructions, and what came before them is the model's alone.
    [Fact]
    public void Structural_WhereOnlyInstructionsStay_SaysTheRestBetweenThem()
    {
        List<ConversationMessage> messages =
        [
            Conversations.Message(MessageRole.System, "Be brief."),
            Conversations.Message(MessageRole.Assistant, $"It is critical that payments are never retried. {Filler}"),
            Conversations.Message(MessageRole.System, "Go on."),
        ];

        var result = Condense(messages, CondensationStrategy.Structural, 90, null);

        Assert.Equal([0, -1, 2], result.Messages.Select(message => message.Source));
        Assert.Contains("payments are never retried", result.Messages[1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageRole.User, 3)]
    [InlineData(MessageRole.Assistant, 4)]
    public void Marker_IsPaidForOnlyWhereTheBeginningNeedsOne(MessageRole first, int count)
    {
        List<ConversationMessage> messages = [.. Enumerable.Range(0, 40).Select(i => Conversations.Message(i % 2 == 0 == (first == MessageRole.User) ? MessageRole.User : MessageRole.Assistant, $"note {i}"))];
        messages.Add(Conversations.Message(MessageRole.User, "go"));
        var costs = messages.ConvertAll(message => 4 + TokenCounters.O200k.Count(message.Text));
        var budget = 3 + costs[^3] + costs[^2] + costs[^1];

        // The last three begin with the same side as the conversation: only the model's own words need something before them.
        var result = Condense(messages, CondensationStrategy.Temporal, first == MessageRole.User ? budget : budget + 4 + TokenCounters.O200k.Count("[Earlier messages were left out.]"), null);

        Assert.Equal(count, result.Messages.Length);
        Assert.Equal(first == MessageRole.User ? budget : result.TokensAfter, result.TokensAfter);
        Assert.Equal(MessageRole.User, result.Messages[0].Role);
    }

    private static CondensationResult Condense(List<ConversationMessage> messages, CondensationStrategy strategy, int budget, string? query) =>
        Condenser.Condense(messages, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Strategy = strategy, Query = query });

    private static List<ConversationMessage> Talk(int count)
    {
        var messages = Enumerable.Range(0, count)
            .Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, $"That sounds lovely, thank you so much for chatting {i}"))
            .ToList();
        messages.Add(Conversations.Message(MessageRole.User, "Bye for now"));
        return messages;
    }
}

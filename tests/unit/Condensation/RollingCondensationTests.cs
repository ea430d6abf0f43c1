using CsCheck;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>A conversation that grows is condensed so that each turn begins like the one before it.</summary>
public sealed class RollingCondensationTests(ITestOutputHelper output)
{
    private static readonly string[] Models = ["gpt-4o", "gpt-4", "claude-sonnet-4-5", "never-heard-of"];

    private static readonly Gen<Case> Cases =
        Gen.Select(Gen.Int, Gen.Int[20, 70], Gen.Enum<CondensationStrategy>(), Gen.Int[900, 4000], Gen.Int[0, 3].Select(i => Models[i]), Gen.Int[1, 30])
        .Select((seed, turns, strategy, budget, model, expected) => new Case(seed, turns, strategy, budget, model, expected));

    [Fact]
    public void Turn_BeginsLikeTheOneBefore_ExceptAtSteps()
    {
        var compared = 0;
        Cases.Sample(@case => Interlocked.Add(ref compared, Compare(@case)), iter: 40);

        Assert.InRange(compared, 400, int.MaxValue);
    }

    [Fact]
    public void Turn_HoldsItsBudget_AndKeepsWhatMustStayWhole() => Cases.Sample(
        @case =>
        {
            foreach (var (messages, rolled) in @case.Turns())
            {
                if (rolled.Result.Messages.IsEmpty)
                {
                    Assert.True(rolled.Result.Least > @case.Budget);
                    continue;
                }

                var tokens = 3 + rolled.Result.Messages.Sum(message => 4 + (message.Source < 0 ? 0 : messages[message.Source].OtherTokens) + TokenCounters.For(@case.Model).CountAtMost(TextOf(messages, message)));
                Assert.InRange(tokens, 0, @case.Budget);
                Assert.InRange(tokens, 0, rolled.Result.TokensAfter);

                var whole = rolled.Result.Messages.Where(message => message.Text is null).Select(message => message.Source).ToHashSet();
                Assert.All(Enumerable.Range(0, messages.Count).Where(i => messages[i].Role == MessageRole.System), i => Assert.Contains(i, whole));
                Assert.Contains(messages.FindLastIndex(message => message.Role == MessageRole.User), whole);
                Assert.Equal(MessageRole.User, rolled.Result.Messages.First(message => message.Role != MessageRole.System).Role);
                var sources = rolled.Result.Messages.Where(message => message.Source >= 0).Select(message => message.Source).ToList();
                Assert.Equal(sources.SelectMany(i => messages[i].Calls).Order(StringComparer.Ordinal), sources.SelectMany(i => messages[i].Answers).Order(StringComparer.Ordinal));
            }
        },
        iter: 25);

    [Fact]
    public void Steps_AreRare()
    {
        var conversation = Talk(400);
        var (steps, turns) = (new List<int>(), 0);
        for (var count = 1; count <= conversation.Count; count += 2)
        {
            var rolled = Roll(conversation[..count], 2000, new RollingOptions());
            turns += rolled.Cut > 0 ? 1 : 0;
            if (rolled.IsNewStep)
            {
                steps.Add(count);
            }
        }

        // Some 34 tokens a turn, and each step frees a quarter of 2,000: one in about 14 turns.
        Assert.InRange(turns, 130, 199);
        Assert.InRange(steps.Count, turns / 20, turns / 10);
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 20, 60));
    }

    [Theory]
    [InlineData(CondensationStrategy.Hybrid)]
    [InlineData(CondensationStrategy.Semantic)]
    public void Beginning_OfALongConversationWithTools_ChangesOnlyAtSteps(CondensationStrategy strategy)
    {
        var @case = new Case(7, 170, strategy, 8000, "gpt-4o", 8);
        var (turns, steps, changes) = (0, 0, 0);
        List<(MessageRole, string)>? before = null;
        foreach (var (messages, rolled) in @case.Turns())
        {
            var now = Texts(messages, rolled.Result);
            var isChanged = before is not null && !before.SequenceEqual(now.Take(before.Count));
            Assert.True(!isChanged || rolled.IsNewStep, $"turn {turns} changed without a step");
            turns++;
            changes += isChanged ? 1 : 0;
            steps += rolled.IsNewStep ? 1 : 0;
            before = now;
        }

        output.WriteLine($"{strategy}: {turns} turns, {steps} steps, {changes} changes of the beginning");
        Assert.InRange(turns, 200, 300);
        Assert.Contains(@case.Turns().Last().Messages, message => !message.Calls.IsEmpty);
        Assert.InRange(changes, 5, steps);
        Assert.InRange(steps, 5, turns / 8);
    }

    [Fact]
    public void Head_DoesNotDependOnTheLastMessage()
    {
        var conversation = Talk(200);
        var first = Roll(conversation, 2000, new RollingOptions());
        conversation[^1] = Conversations.Message(MessageRole.User, "What did Ada say about turn 17?");
        var second = Roll(conversation, 2000, new RollingOptions());

        Assert.True(first.Cut > 0);
        Assert.Equal(first.Result.Messages, second.Result.Messages);
    }

    [Fact]
    public void Tail_IsUntouched_AndTheHeadHoldsWhatSaysMuch()
    {
        var conversation = Talk(200);
        conversation[40] = Conversations.Message(MessageRole.User, "Professor Okafor agreed with Lindiwe on 1,250 dollars for the Lisbon workshop.");
        var rolled = Roll(conversation, 2000, new RollingOptions());

        Assert.Contains(40, rolled.Result.Messages.Select(message => message.Source));
        var tail = rolled.Result.Messages.Where(message => message.Source >= rolled.Cut).ToList();
        Assert.Equal(Enumerable.Range(rolled.Cut, conversation.Count - rolled.Cut), tail.Select(message => message.Source));
        Assert.All(tail, message => Assert.Null(message.Text));
    }

    [Fact]
    public void OneMessageThatTakesMostOfTheBudget_IsCondensedAsAWhole()
    {
        var conversation = Talk(60);
        conversation[^1] = Conversations.Message(MessageRole.User, string.Join(' ', Enumerable.Repeat("All of this is one long question.", 140)));
        var rolled = Roll(conversation, 1200, new RollingOptions());

        Assert.Equal(0, rolled.Cut);
        Assert.InRange(rolled.Result.TokensAfter, 1, 1200);
    }

    // 8 × 0.25 × (4,000 − 2,500) saved, (1 − 0.25) × (2,500 − 500) lost.
    [Fact]
    public void Decision_WeighsTurnsToComeAgainstTheLostPrefix()
    {
        var decision = RollingDecision.Of(before: 4000, after: 2500, kept: 500, new RollingOptions());

        Assert.Equal(new RollingDecision(3000, 1500), decision);
        Assert.True(decision.IsWorth);
        Assert.False(RollingDecision.Of(4000, 2500, 500, new RollingOptions { ExpectedTurns = 4 }).IsWorth);
        Assert.True(RollingDecision.Of(4000, 3900, 0, new RollingOptions { Price = PromptCachePrice.None }).IsWorth);
    }

    // (w − r) ÷ (N r + w − r).
    [Theory]
    [InlineData(0.25, 1, 8, 0.75 / 2.75)]
    [InlineData(0.1, 1.25, 5, 1.15 / 1.65)]
    [InlineData(1, 1, 8, 0)]
    public void LeastShare_IsThatOfTheFormula(double read, double write, int turns, double share) =>
        Assert.Equal(share, RollingDecision.LeastShare(new RollingOptions { Price = new(read, write), ExpectedTurns = turns }), 12);

    [Theory]
    [InlineData(20, true)]
    [InlineData(2, false)]
    public void SoftBudget_IsHeldOnlyWhereStepsPay(int expectedTurns, bool isHeld)
    {
        var rolled = Roll(Talk(200), 100_000, new RollingOptions { SoftBudget = 2000, ExpectedTurns = expectedTurns });

        Assert.Equal(isHeld, rolled.Result.TokensAfter <= 2000);
        Assert.Equal(!isHeld, rolled.Result.IsUnchanged);
    }

    // How many turns were held against the one before.
    private static int Compare(Case @case)
    {
        var compared = 0;
        List<(MessageRole, string)>? before = null;
        foreach (var (messages, rolled) in @case.Turns())
        {
            var now = Texts(messages, rolled.Result);
            if (before is not null && !rolled.IsNewStep && rolled.Cut > 0)
            {
                Assert.Equal(before, now.Take(before.Count));
                compared++;
            }

            before = now;
        }

        return compared;
    }

    private static RollingResult Roll(List<ConversationMessage> messages, int budget, RollingOptions options) =>
        RollingCondensation.Condense(messages, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k }, options);

    private static List<ConversationMessage> Talk(int count)
    {
        var messages = Enumerable.Range(0, count)
            .Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, $"That sounds lovely, thank you for turn {i}"))
            .ToList();
        messages.Add(Conversations.Message(MessageRole.User, "Go on, please"));
        return messages;
    }

    private static List<(MessageRole Role, string Text)> Texts(List<ConversationMessage> messages, CondensationResult result) =>
        [.. result.Messages.Select(message => (message.Role, TextOf(messages, message)))];

    private static string TextOf(List<ConversationMessage> messages, CondensedMessage message) => message.Text ?? messages[message.Source].Text;

    private sealed record Case(int Seed, int Count, CondensationStrategy Strategy, int Budget, string Model, int ExpectedTurns)
    {
        /// <summary>Every request of a client that keeps the whole conversation: each ends where the model is to answer.</summary>
        public IEnumerable<(List<ConversationMessage> Messages, RollingResult Rolled)> Turns()
        {
            var all = Conversations.Of(Seed, Count);
            var request = new CondensationRequest { Budget = Budget, Counter = TokenCounters.For(Model), Strategy = Strategy };
            for (var end = 1; end <= all.Count; end++)
            {
                if (end == all.Count || all[end].Role == MessageRole.Assistant)
                {
                    var messages = all[..end];
                    yield return (messages, RollingCondensation.Condense(messages, request, new RollingOptions { ExpectedTurns = ExpectedTurns }));
                }
            }
        }
    }
}

using System.Text;
using System.Text.Json;
using CsCheck;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What holds for every conversation, strategy, budget and tokenizer.</summary>
public sealed class CondenserPropertyTests
{
    private static readonly string[] Models = ["gpt-4o", "gpt-4", "claude-sonnet-4-5", "gemini-2.5-pro", "never-heard-of"];

    private static readonly string?[] Queries = [null, "When is the release?", "error"];

    private static readonly Gen<Case> Cases =
        Gen.Select(
            Gen.Int,
            Gen.Int[1, 60],
            Gen.Enum<CondensationStrategy>(),
            Gen.OneOf(Gen.Int[20, 300], Gen.Int[300, 3000]),
            Gen.Int[0, 4].Select(i => Models[i]),
            Gen.Int[0, 2].Select(i => Queries[i]))
        .Select((seed, turns, strategy, budget, model, query) => new Case(seed, turns, strategy, budget, model, query));

    [Fact]
    public void Result_NeverExceedsItsBudget_ByTheModelsOwnTokenizer() => Cases.Sample(
        @case =>
        {
            var (messages, result) = @case.Run();
            if (result.Least > @case.Budget)
            {
                Assert.Empty(result.Messages);
                return;
            }

            var tokens = 3 + result.Messages.Sum(message => 4 + OtherTokens(messages, message) + TokenCounters.For(@case.Model).CountAtMost(TextOf(messages, message)));
            Assert.InRange(tokens, 0, @case.Budget);
            Assert.InRange(tokens, 0, result.TokensAfter);
            Assert.InRange(TokenCounters.For(@case.Model).CountAtMost(result.Text), 0, @case.Budget);
        },
        iter: 400);

    [Fact]
    public void Result_KeepsWhatMustStayWhole_InALegalOrder() => Cases.Sample(
        @case =>
        {
            var (messages, result) = @case.Run();
            if (result.Messages.IsEmpty)
            {
                return;
            }

            var whole = result.Messages.Where(message => message.Text is null).Select(message => message.Source).ToHashSet();
            Assert.All(Enumerable.Range(0, messages.Count).Where(i => messages[i].Role == MessageRole.System), i => Assert.Contains(i, whole));
            Assert.Contains(messages.FindLastIndex(message => message.Role == MessageRole.User), whole);
            Assert.Contains(messages.Count - 1, whole);

            var sources = result.Messages.Where(message => message.Source >= 0).Select(message => message.Source).ToList();
            Assert.Equal(sources.Order(), sources);
            Assert.Equal(sources.Distinct(), sources);
            Assert.Equal(MessageRole.User, result.Messages.First(message => message.Role != MessageRole.System).Role);
            AssertPaired(messages, sources);
        },
        iter: 400);

    [Fact]
    public void ShortenedText_HoldsWholePiecesOnly() => Cases.Sample(
        @case =>
        {
            var (messages, result) = @case.Run();
            foreach (var message in result.Messages.Where(message => message is { Source: >= 0, Text: not null }))
            {
                var text = message.Text!;
                Assert.True(new UTF8Encoding(false, true).GetByteCount(text) > 0);
                Assert.Equal(0, CountOf(text, "```") % 2);
                Assert.Equal(CountOf(text, "```csharp"), CountOf(text, "```") / 2);
                foreach (var piece in text.Split(["[…]"], StringSplitOptions.TrimEntries))
                {
                    Assert.Contains(piece, messages[message.Source].Text, StringComparison.Ordinal);
                }

                if (text.StartsWith('{'))
                {
                    using var _ = JsonDocument.Parse(text);
                }
            }
        },
        iter: 400);

    [Fact]
    public void SameInput_GivesTheSameResult_AndWhatFitsIsNotChanged() => Cases.Sample(
        @case =>
        {
            var (messages, first) = @case.Run();
            var (_, second) = @case.Run();
            Assert.Equal(first.Messages, second.Messages);
            Assert.Equal(first.Text, second.Text);
            if (first.Messages.IsEmpty)
            {
                return;
            }

            var condensed = first.Messages.Select(message => message.Source < 0
                ? new ConversationMessage { Role = message.Role, Text = message.Text! }
                : messages[message.Source] with { Text = TextOf(messages, message) }).ToList();
            var again = Condenser.Condense(condensed, @case.Request);
            Assert.True(again.IsUnchanged);
            Assert.Equal(Enumerable.Range(0, condensed.Count), again.Messages.Select(message => message.Source));
            Assert.All(again.Messages, message => Assert.Null(message.Text));
        },
        iter: 200);

    [Fact]
    public void BudgetBelowWhatMustStay_SaysTheLeastThatWouldDo() => Cases.Sample(
        @case =>
        {
            var (messages, result) = @case.Run();
            if (result.IsUnchanged)
            {
                return;
            }

            var atLeast = Condenser.Condense(messages, @case.Request with { Budget = result.Least });
            Assert.NotEmpty(atLeast.Messages);
            Assert.Empty(Condenser.Condense(messages, @case.Request with { Budget = result.Least - 1 }).Messages);
        },
        iter: 200);

    // On average: one conversation may lose a fact to a longer neighbour that fits only now.
    [Theory]
    [InlineData(null)]
    [InlineData("When and where is the release?")]
    public void LargerBudget_KeepsNoLessOnAverage(string? query)
    {
        var before = 0.0;
        foreach (var budget in (int[])[300, 600, 1200, 2400, 4800])
        {
            var kept = Enumerable.Range(0, 60).Average(seed => ShareOfFacts(Conversations.Of(seed, 60), budget, query));
            Assert.InRange(kept, before, 1);
            before = kept;
        }

        Assert.InRange(before, 0.5, 1);
    }

    private static double ShareOfFacts(List<ConversationMessage> messages, int budget, string? query)
    {
        const string Fact = "We decided to move the release to 14 May 2031.";
        var facts = Enumerable.Range(0, messages.Count).Where(i => messages[i].Text.Contains(Fact, StringComparison.Ordinal)).ToList();
        var result = Condenser.Condense(messages, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Query = query });
        return (double)result.Messages.Count(message => facts.Contains(message.Source) && TextOf(messages, message).Contains(Fact, StringComparison.Ordinal)) / facts.Count;
    }

    private static void AssertPaired(List<ConversationMessage> messages, List<int> kept)
    {
        var calls = kept.SelectMany(i => messages[i].Calls).Order(StringComparer.Ordinal);
        var answers = kept.SelectMany(i => messages[i].Answers).Order(StringComparer.Ordinal);
        Assert.Equal(calls, answers);
    }

    private static string TextOf(List<ConversationMessage> messages, CondensedMessage message) => message.Text ?? messages[message.Source].Text;

    private static int OtherTokens(List<ConversationMessage> messages, CondensedMessage message) => message.Source < 0 ? 0 : messages[message.Source].OtherTokens;

    private static int CountOf(string text, string part) => text.Split(part).Length - 1;

    private sealed record Case(int Seed, int Turns, CondensationStrategy Strategy, int Budget, string Model, string? Query)
    {
        public CondensationRequest Request => new() { Budget = Budget, Counter = TokenCounters.For(Model), Strategy = Strategy, Query = Query };

        public (List<ConversationMessage> Messages, CondensationResult Result) Run()
        {
            var messages = Conversations.Of(Seed, Turns);
            return (messages, Condenser.Condense(messages, Request));
        }
    }
}

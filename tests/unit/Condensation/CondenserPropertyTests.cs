using System.Text;
using CsCheck;
using Microsoft.ML.Tokenizers;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What holds for every conversation, strategy, budget and tokenizer.</summary>
public sealed class CondenserPropertyTests
{
    private const int Iterations = 600;

    // Throws on half a code point.
    private static readonly UTF8Encoding Strict = new(false, true);

    private static readonly string[] Models =
    [
        "gpt-4o", "gpt-4", "claude-sonnet-4-5", "gemini-2.5-pro", "mistral-large", "nova-pro", "command-r", "deepseek-chat", "qwen3", "llama-3", "grok-4", "never-heard-of",
    ];

    private static readonly string?[] Queries = [null, "When is the release?", "error", ""];

    private static readonly Gen<Case> Cases =
        Gen.Select(
            Gen.Int,
            Gen.Int[1, 60],
            Gen.Enum<CondensationStrategy>(),
            Gen.OneOf(Gen.Int[20, 300], Gen.Int[300, 3000]),
            Gen.Int[0, Models.Length - 1].Select(i => Models[i]),
            Gen.Int[0, Queries.Length - 1].Select(i => Queries[i]))
        .Select((seed, turns, strategy, budget, model, query) => new Case(seed, turns, strategy, budget, model, query));

    [Fact]
    public void Result_NeverExceedsItsBudget_ByTheModelsOwnTokenizer()
    {
        var tally = new Tally();
        Cases.Sample(
            @case =>
            {
                var (messages, result) = @case.Run();
                if (result.Least > @case.Budget)
                {
                    Assert.Empty(result.Messages);
                    return;
                }

                var counter = TokenCounters.For(@case.Model);
                var tokens = 3 + result.Messages.Sum(message => 4 + OtherTokens(messages, message) + counter.CountAtMost(TextOf(messages, message)) + counter.CountAtMost(NameOf(messages, message)));
                Assert.InRange(tokens, 0, @case.Budget);
                Assert.InRange(tokens, 0, result.TokensAfter);
                Assert.InRange(counter.CountAtMost(result.Text), 0, @case.Budget);
                tally.Add(@case.Strategy, result.IsUnchanged ? 0 : 1);
            },
            iter: Iterations);

        tally.AssertAtLeast(Iterations / 10);
    }

    // Counted by another's implementation of the encoding.
    [Theory]
    [InlineData("gpt-4o", "o200k_base")]
    [InlineData("gpt-4", "cl100k_base")]
    public void Result_NeverExceedsItsBudget_ByThePublishedTokenizer(string model, string encoding)
    {
        var tokenizer = TiktokenTokenizer.CreateForEncoding(encoding);
        var tally = new Tally();
        Cases.Sample(
            @case =>
            {
                var (messages, result) = (@case with { Model = model }).Run();
                var tokens = result.Messages.Sum(message => 4 + OtherTokens(messages, message) + tokenizer.CountTokens(TextOf(messages, message)));
                Assert.InRange(tokens, 0, @case.Budget);
                tally.Add(@case.Strategy, result.IsUnchanged || result.Messages.IsEmpty ? 0 : 1);
            },
            iter: Iterations / 4);

        tally.AssertAtLeast(Iterations / 40);
    }

    [Fact]
    public void Result_KeepsWhatMustStayWhole_InALegalOrder()
    {
        var tally = new Tally();
        Cases.Sample(
            @case =>
            {
                var (messages, result) = @case.Run();
                if (result.Messages.IsEmpty)
                {
                    return;
                }

                var whole = result.Messages.Where(message => message.Text is null).Select(message => message.Source).ToHashSet();
                Assert.All(Enumerable.Range(0, messages.Count).Where(i => messages[i].Role == MessageRole.System), i => Assert.Contains(i, whole));
                Assert.Contains(messages.FindLastIndex(IsUser), whole);
                Assert.Contains(messages.FindLastIndex(message => message.Role == MessageRole.User && message.Answers.IsEmpty), whole);
                Assert.Contains(messages.Count - 1, whole);

                var sources = result.Messages.Where(message => message.Source >= 0).Select(message => message.Source).ToList();
                Assert.Equal(sources.Order(), sources);
                Assert.Equal(sources.Distinct(), sources);
                var first = result.Messages.First(message => message.Role != MessageRole.System);
                Assert.Equal(MessageRole.User, first.Role);
                Assert.True(first.Source < 0 || messages[first.Source].Answers.IsEmpty);
                AssertPaired(messages, sources);
                Assert.Empty(result.Merged.Intersect(sources));
                tally.Add(@case.Strategy, result.IsUnchanged || !sources.Exists(i => !messages[i].Calls.IsEmpty) ? 0 : 1);
            },
            iter: Iterations);

        tally.AssertAtLeast(Iterations / 50);
    }

    [Fact]
    public void Text_HoldsWholePiecesOnly()
    {
        var (tally, shortened) = (new Tally(), 0);
        Cases.Sample(
            @case =>
            {
                var (messages, result) = @case.Run();
                AssertWhole(result.Text);
                foreach (var message in result.Messages.Where(message => message.Text is not null))
                {
                    AssertWhole(message.Text!);
                    if (message.Source < 0)
                    {
                        tally.Add(@case.Strategy, Conversations.WholesOf(message.Text!).Any() ? 1 : 0);
                        continue;
                    }

                    Assert.All(
                        message.Text!.Split(["[…]"], StringSplitOptions.TrimEntries),
                        piece =>
                        {
                            Assert.Contains(piece, messages[message.Source].Text, StringComparison.Ordinal);
                            Assert.Equal("", Conversations.WithoutWholes(piece));
                        });
                    Interlocked.Increment(ref shortened);
                    tally.Add(@case.Strategy, Conversations.WholesOf(message.Text!).Any() ? 1 : 0);
                }

                // Temporal keeps messages whole or not at all.
                tally.Add(@case.Strategy, @case.Strategy == CondensationStrategy.Temporal && !result.IsUnchanged && Conversations.WholesOf(result.Text).Any() ? 1 : 0);
            },
            iter: Iterations);

        tally.AssertAtLeast(Iterations / 20);
        Assert.InRange(shortened, Iterations / 10, int.MaxValue);
    }

    [Fact]
    public void SameInput_GivesTheSameResult_AndWhatFitsIsNotChanged()
    {
        var tally = new Tally();
        Cases.Sample(
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
                tally.Add(@case.Strategy, first.IsUnchanged ? 0 : 1);
            },
            iter: Iterations / 2);

        tally.AssertAtLeast(Iterations / 20);
    }

    [Fact]
    public void BudgetBelowWhatMustStay_SaysTheLeastThatWouldDo()
    {
        var tally = new Tally();
        Cases.Sample(
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
                tally.Add(@case.Strategy);
            },
            iter: Iterations / 2);

        tally.AssertAtLeast(Iterations / 20);
    }

    // On average: one conversation may lose a fact to a longer neighbour that fits only now.
    [Theory]
    [InlineData(null)]
    [InlineData("When and where is the release?")]
    public void LargerBudget_KeepsNoLessOnAverage(string? query)
    {
        var before = 0.0;
        foreach (var budget in (int[])[600, 1200, 2400, 4800, 9600])
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
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var i in kept)
        {
            Assert.True(messages[i].Answers.IsEmpty ? open.Count == 0 : messages[i].Answers.All(open.Remove), $"message {i}");
            open.UnionWith(messages[i].Calls);
        }

        Assert.Empty(open);
    }

    private static void AssertWhole(string text)
    {
        Assert.True(Strict.GetByteCount(text) >= text.Length / 2);
        Assert.Equal(CountOf(text, "👩"), 2 * CountOf(text, Conversations.Family));
        Assert.All(Conversations.WholesOf(text), whole => Assert.Contains(whole, text, StringComparison.Ordinal));
    }

    private static bool IsUser(ConversationMessage message) => message.Role == MessageRole.User && (message.Answers.IsEmpty || message.OwnText is not null);

    private static string? NameOf(List<ConversationMessage> messages, CondensedMessage message) => message.Source < 0 ? null : messages[message.Source].Name;

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

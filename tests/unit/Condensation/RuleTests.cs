using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What a user asks for once, at the beginning or on the way, is still there after many turns of work.</summary>
public sealed class RuleTests
{
    private static readonly CondensationWords Words = CondensationWords.English.With([Of(["niemals"], ["fortan"])]);

    private const string Task = "Write the billing service with me. Always answer in French, and never touch src/billing.cs.";

    [Fact]
    public void FirstMessage_IsKept_InWorkAndTalk_WholeOrInItsBestParts()
    {
        foreach (var isWork in (bool[])[true, false])
        {
            Assert.Contains(Task, Texts(Talk(Task, isWork), 900, rolls: false));
            Assert.Contains(Task, Texts(Talk(Task, isWork), 900, rolls: true));
            var longTask = string.Join(' ', Enumerable.Range(0, 60).Select(i => $"It is a quiet system number {i}, and it was made with care.")) + " Never touch src/billing.cs. We like it a lot.";
            foreach (var rolls in (bool[])[true, false])
            {
                Assert.Contains(Texts(Talk(longTask, isWork), 900, rolls), text => text.Contains("Never touch src/billing.cs.", StringComparison.Ordinal) && text.Length < 600);
            }
        }
    }

    [Fact]
    public void Rule_GivenOnTheWay_IsKeptRatherThanOtherTalk()
    {
        foreach (var rolls in (bool[])[true, false])
        {
            var messages = Talk("Hello, let us begin.", isWork: true);
            messages[20] = Conversations.Message(MessageRole.User, "You must never retry a payment, and always log in German.");
            Assert.Contains(messages[20].Text, Texts(messages, 900, rolls));
        }
    }

    [Theory]
    [InlineData("From here on, no abbreviations in names, please.")]
    [InlineData("Never add a dependency without asking me.")]
    [InlineData("You must always answer in formal German.")]
    [InlineData("Please do not explain your steps any more.")]
    [InlineData("From now on, answer in French.")]
    [InlineData("Under no circumstances suggest nuts, they make her ill.")]
    [InlineData("Ab jetzt bitte keine Abkürzungen in den Namen.")]
    [InlineData("Verwende niemals Abkürzungen.")]
    [InlineData("Antworte fortan auf Deutsch.")]
    public void Rule_ThatHoldsForAllThatFollows_IsKept_AtEveryBudget(string rule)
    {
        foreach (var budget in (int[])[400, 900, 1500])
        {
            foreach (var rolls in (bool[])[true, false])
            {
                var messages = Talk("Hello, let us begin.", isWork: true);
                messages[24] = Conversations.Message(MessageRole.User, rule);
                Assert.Contains(rule, Texts(messages, budget, rolls));
                messages[24] = Conversations.Message(MessageRole.User, string.Concat(Enumerable.Range(0, 40).Select(i => $"It is a quiet system number {i}, and it was made with care. ")) + rule);
                Assert.True(rule[0] == 'A' || Texts(messages, budget, rolls).Exists(text => text.Contains(rule, StringComparison.Ordinal) && text.Length < 1200), $"{budget}, {rolls}");
            }
        }
    }

    [Theory]
    [InlineData("I have always wanted to see the sea, and never did.")]
    [InlineData("Must the totals always be rounded?")]
    [InlineData("He never said so.")]
    [InlineData("Write `always` into the file.")]
    [InlineData("We are not there any more.")]
    [InlineData("Change value_7 to 12.")]
    public void Sentence_ThatTellsOrAsksOrIsOfOneThing_IsNoRule(string sentence)
    {
        var index = new LexicalIndex(Words, 100);

        var rules = new StandingRules(index, Words);

        Assert.False(rules.IsByWords(sentence) || rules.IsByForm(sentence));
    }

    [Fact]
    public void Talk_TellsMoreOftenThanItRules()
    {
        var messages = Talk("Hello, let us begin.", isWork: false);
        messages[24] = Conversations.Message(MessageRole.User, "Never give up, that must have been great for all of you.");
        var request = new CondensationRequest { Budget = 300, Counter = TokenCounters.O200k };

        Assert.Equal(
            Condenser.Condense(messages, request with { Weights = HybridWeights.Tuned with { StandingRules = 0 } }).Messages,
            Condenser.Condense(messages, request).Messages);
    }

    [Fact]
    public void RuleInALongMessage_DoesNotCutItShort_WhereThereIsRoomForIt()
    {
        var messages = Talk("Hello, let us begin.", isWork: true);
        messages[^3] = Conversations.Message(
            MessageRole.User, "Always keep the header. " + string.Concat(Enumerable.Range(0, 40).Select(i => $"It fails in step {i} of the build, after all others. ")));
        var all = Condenser.Condense(messages, new CondensationRequest { Budget = 1_000_000, Counter = TokenCounters.O200k }).TokensBefore;

        Assert.Contains(messages[^3].Text, Texts(messages, all * 9 / 10, rolls: false));
    }

    [Fact]
    public void PhraseInsideAnotherWord_DoesNotHideTheRule()
    {
        var rules = new StandingRules(new LexicalIndex(Words, 100), Words);

        Assert.True(rules.IsByWords("Make not too many more files and do not use tabs any more."));
        Assert.False(rules.IsByWords("Make not too many more files of them."));
    }

    [Fact]
    public void Rules_TakeAShareOfTheBudget_TheNewestFirst()
    {
        var messages = Talk("Hello, let us begin.", isWork: true);
        for (var i = 2; i < messages.Count - 1; i += 2)
        {
            messages[i] = Conversations.Message(MessageRole.User, $"Always write the report number {i} in the language of town {i}, in verse and with a rhyme at its end.");
        }

        var request = new CondensationRequest { Budget = 900, Counter = TokenCounters.O200k };
        var draft = new Draft(messages, ConversationUnits.Of(messages, MessageCost.OfAll(messages, request)), request);
        var index = new LexicalIndex(Words, draft.Characters);
        var signs = Enumerable.Range(0, messages.Count).Select(i => index.Add(messages[i].Text)).ToArray();
        var kept = new List<int>();
        var rules = new RuleSelection(draft, new StandingRules(index, Words));

        rules.SetAside(signs, 100);
        draft.SetAside(int.MaxValue);
        rules.Keep(kept.Add);

        Assert.InRange(kept.Count, 2, 4);
        Assert.Equal(Enumerable.Range(0, kept.Count).Select(i => messages.Count - 3 - (2 * i)), kept);
    }

    [Fact]
    public void GivenUp_EndsTheSearchForRules()
    {
        using var over = new CancellationTokenSource();
        var messages = Talk("Hello, let us begin.", isWork: true);
        var request = new CondensationRequest { Budget = 900, Counter = TokenCounters.O200k, GivenUp = over.Token };
        var draft = new Draft(messages, ConversationUnits.Of(messages, MessageCost.OfAll(messages, request)), request);
        over.Cancel();

        Assert.Throws<OperationCanceledException>(() => new RuleSelection(draft, new StandingRules(new LexicalIndex(Words, 100), Words)).SetAside(new Salience.Signs[messages.Count], 100));
    }

    [Fact]
    public void QuestionThatTheLastMessageAnswers_IsKept()
    {
        var messages = Talk("Hello, let us begin.", isWork: false);
        messages[^2] = Conversations.Message(MessageRole.Assistant, "Which region shall I deploy the service to, and with how many machines in each of its zones at first?");
        messages[^1] = Conversations.Message(MessageRole.User, "eu-west");

        Assert.Contains(messages[^2].Text, Texts(messages, 130, rolls: false));
    }

    [Fact]
    public void EarlyFact_IsFound_WhereWorkAsksForIt()
    {
        var messages = Talk("Hello, let us begin.", isWork: true);
        messages[11] = Conversations.Message(MessageRole.Assistant, "The staging broker listens on port 7781.");
        messages[^1] = Conversations.Message(MessageRole.User, "Which port did the staging broker listen on?");

        Assert.Contains(messages[11].Text, Texts(messages, 900, rolls: false));
    }

    // Instructions that come last are no reason to drop what the model is to go on from.
    [Theory]
    [InlineData(CondensationStrategy.Hybrid)]
    [InlineData(CondensationStrategy.Structural)]
    [InlineData(CondensationStrategy.Temporal)]
    [InlineData(CondensationStrategy.Semantic)]
    public void LastResultsOfTools_StayBeforeInstructions(CondensationStrategy strategy)
    {
        var messages = Talk("Hello, let us begin.", isWork: false);
        messages.Add(Conversations.Message(MessageRole.Assistant, "") with { Calls = ["a"], IsIndivisible = true, OtherTokens = 12 });
        messages.Add(Conversations.Message(MessageRole.Tool, string.Join(' ', Enumerable.Repeat("many rows", 60))) with { Answers = ["a"], IsIndivisible = true });
        messages.Add(Conversations.Message(MessageRole.System, "Answer briefly."));
        var request = new CondensationRequest { Budget = 300, Counter = TokenCounters.O200k, Strategy = strategy };

        Assert.Contains(messages.Count - 2, Condenser.Condense(messages, request).Messages.Select(message => message.Source));
        Assert.Contains(messages.Count - 2, RollingCondensation.Condense(messages, request with { Budget = 600 }, new RollingOptions()).Result.Messages.Select(message => message.Source));
    }

    private static CondensationWordOptions Of(string[] rules, string[] lasting)
    {
        var words = new CondensationWordOptions();
        Array.ForEach(rules, words.Rules.Add);
        Array.ForEach(lasting, words.Lasting.Add);
        return words;
    }

    private static List<string> Texts(List<ConversationMessage> messages, int budget, bool rolls)
    {
        var request = new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Words = Words };
        var result = rolls ? RollingCondensation.Condense(messages, request, new RollingOptions()).Result : Condenser.Condense(messages, request);
        return [.. result.Messages.Select(message => message.Text ?? messages[message.Source].Text)];
    }

    private static List<ConversationMessage> Talk(string first, bool isWork)
    {
        var messages = new List<ConversationMessage> { Conversations.Message(MessageRole.User, first) };
        for (var i = 0; i < 60; i++)
        {
            messages.Add(Conversations.Message(MessageRole.Assistant, isWork ? $"Done:\n```c\nint value_{i} = load_{i}(value_{i / 2});\n```" : $"It was a long and warm afternoon in town {i}."));
            messages.Add(Conversations.Message(MessageRole.User, isWork ? $"Now change file {i} so that it loads" : $"We had tea and cake {i} there."));
        }

        return messages;
    }
}

using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What a user asks for once, at the beginning or on the way, is still there after many turns of work.</summary>
public sealed class RuleTests
{
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

    private static List<string> Texts(List<ConversationMessage> messages, int budget, bool rolls)
    {
        var request = new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k };
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

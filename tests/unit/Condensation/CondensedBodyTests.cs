using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Bodies that are written again: legal in their dialect, within the budget, and the same wherever nothing had to change.</summary>
public sealed class CondensedBodyTests
{
    public static TheoryData<string, string> Kinds()
    {
        var data = new TheoryData<string, string>();
        foreach (var operation in new[] { nameof(InferenceOperation.ChatCompletions), nameof(InferenceOperation.Messages), nameof(InferenceOperation.Responses) })
        {
            foreach (var strategy in Enum.GetNames<CondensationStrategy>())
            {
                data.Add(operation, strategy);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Body_OfAnyConversation_StaysLegalAndWithinItsBudget(string operationName, string strategy)
    {
        var operation = Enum.Parse<InferenceOperation>(operationName);
        var condensed = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var body = ChatBodies.Of(operation, seed);
            Assert.Null(ChatBodies.Fault(ListOf(body, operation), operation));
            var layout = ChatBodies.Read(body, operation);
            foreach (var part in new[] { 0.2, 0.4, 0.6, 0.9 })
            {
                var budget = (int)(layout.MessageTokens * part);
                var result = Condense(layout, budget, Enum.Parse<CondensationStrategy>(strategy));
                if (result.Least > budget)
                {
                    continue;
                }

                condensed++;
                var written = Encoding.UTF8.GetString(CondensedBody.Write(layout, result.Messages));
                var list = ListOf(written, operation);
                Assert.True(ChatBodies.Fault(list, operation) is null, $"seed {seed}, budget {budget}: {ChatBodies.Fault(list, operation)} in {list}");
                Assert.Equal(layout.MessageTokens, result.TokensBefore);
                var tokens = ChatBodies.Read(written, operation).MessageTokens;
                Assert.True(tokens <= budget, $"seed {seed}: {tokens} tokens in a budget of {budget}");
                var (start, end) = (layout.List.Start.Value, layout.List.End.Value);
                Assert.StartsWith(Encoding.UTF8.GetString(layout.Body.Span[..start]), written, StringComparison.Ordinal);
                Assert.EndsWith(Encoding.UTF8.GetString(layout.Body.Span[end..]), written, StringComparison.Ordinal);
            }
        }

        Assert.True(condensed > 40, $"Only {condensed} budgets were large enough.");
    }

    [Theory]
    [InlineData(nameof(InferenceOperation.ChatCompletions))]
    [InlineData(nameof(InferenceOperation.Responses))]
    public void Messages_KeptWhole_KeepTheirBytes(string operationName)
    {
        var operation = Enum.Parse<InferenceOperation>(operationName);
        var layout = ChatBodies.Read(ChatBodies.Of(operation, 3), operation);
        var result = Condense(layout, layout.MessageTokens / 2, CondensationStrategy.Temporal);
        var written = Encoding.UTF8.GetString(CondensedBody.Write(layout, result.Messages));

        var whole = result.Messages
            .Where(static message => message is { Source: >= 0, Text: null })
            .Select(message => Encoding.UTF8.GetString(layout.Body.Span[layout.Messages[message.Source].Bytes]))
            .ToList();
        Assert.NotEmpty(whole);
        var unmerged = whole.Count(bytes => written.Contains(bytes, StringComparison.Ordinal));
        Assert.True(operation == InferenceOperation.Responses ? unmerged == whole.Count : unmerged > whole.Count / 2, $"{unmerged} of {whole.Count}");
    }

    [Fact]
    public void Timestamps_AreNeverSent()
    {
        const string Body = """{"model":"m","messages":[{"timestamp":1,"role":"user","content":"a"},{"role":"assistant","content":"b","timestamp":"2026-01-01T00:00:00Z"},{"role":"user","content":"c"}]}""";
        var layout = ChatBodies.Read(Body, InferenceOperation.ChatCompletions);

        var written = CondensedBody.Write(layout, [.. layout.Messages.Select(static (message, i) => new CondensedMessage(i, message.Message.Role, null))]);

        Assert.Equal("""{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]}""", Encoding.UTF8.GetString(written));
    }

    [Fact]
    public void Part_OfAMessage_StandsInTheFormThatItsContentHad()
    {
        const string Body = """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":"x","name":"N"},{"role":"user","content":"c"}]}""";
        var layout = ChatBodies.Read(Body, InferenceOperation.ChatCompletions);

        var written = CondensedBody.Write(layout, [new(0, MessageRole.User, "\"a\""), new(1, MessageRole.Assistant, "y"), new(2, MessageRole.User, null)]);

        Assert.Equal(
            """{"messages":[{"role":"user","content":[{"type":"text","text":"\"a\"","cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":"y","name":"N"},{"role":"user","content":"c"}]}""",
            Encoding.UTF8.GetString(written));
    }

    [Fact]
    public void Turns_OfOneSide_BecomeOne()
    {
        const string Body = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"text","text":"c"}]}]}""";
        ReadOnlySpan<CondensedMessage> left = [new(-1, MessageRole.User, "Before."), new(0, MessageRole.User, null), new(2, MessageRole.User, null)];

        var messages = CondensedBody.Write(ChatBodies.Read(Body, InferenceOperation.Messages), [.. left]);
        var chat = CondensedBody.Write(ChatBodies.Read(Body, InferenceOperation.ChatCompletions), [.. left]);

        Assert.Equal(
            """{"messages":[{"role":"user","content":[{"type":"text","text":"Before."},{"type":"text","text":"a"},{"type":"text","text":"c"}]}]}""",
            Encoding.UTF8.GetString(messages));
        Assert.Equal(
            """{"messages":[{"role":"user","content":"Before.\n\na"},{"role":"user","content":[{"type":"text","text":"c"}]}]}""",
            Encoding.UTF8.GetString(chat));
    }

    [Fact]
    public void Thoughts_ComeFirstInTheirTurn()
    {
        const string Body = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"d"}]},{"role":"user","content":"e"}]}""";
        var layout = ChatBodies.Read(Body, InferenceOperation.Messages);

        var written = CondensedBody.Write(
            layout, [new(0, MessageRole.User, null), new(1, MessageRole.Assistant, null), new(3, MessageRole.Assistant, null), new(4, MessageRole.User, null)]);

        Assert.Null(ChatBodies.Fault(ListOf(Encoding.UTF8.GetString(written), InferenceOperation.Messages), InferenceOperation.Messages));
    }

    [Fact]
    public void Turns_ThatAreLostWhereTurnsBecomeOne_AreNotToldAsKept()
    {
        const string Body = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"d"}]},{"role":"user","content":"e"}]}""";
        var layout = ChatBodies.Read(Body, InferenceOperation.Messages);
        var unchanged = Condense(layout, int.MaxValue, CondensationStrategy.Hybrid);
        var result = unchanged with { Messages = unchanged.Messages.RemoveAt(2), TokensAfter = unchanged.TokensAfter - 5 };

        var told = TurnMerge.Told(layout, result);

        Assert.Equal([0, 3, 4], told.Messages.Select(static message => message.Source));
        Assert.Equal(result.TokensAfter - 5, told.TokensAfter);
        var figures = CondensedFigures.Of(CondensationStrategy.Hybrid, layout, new CondensationReport(told, null), told);
        Assert.Equal((3, 2), (figures.Kept, figures.Dropped));
        Assert.Equal(CondensedBody.Write(layout, told.Messages), CondensedBody.Write(layout, result.Messages));
        Assert.Same(unchanged, TurnMerge.Told(layout, unchanged));
    }

    private static CondensationResult Condense(ConversationLayout layout, int budget, CondensationStrategy strategy) =>
        Condenser.Condense(layout.Conversation, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Strategy = strategy });

    private static JsonElement ListOf(string body, InferenceOperation operation)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty(operation == InferenceOperation.Responses ? "input" : "messages").Clone();
    }
}

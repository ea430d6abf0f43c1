using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What a call names tells what it is about, and what says nothing keeps no turns apart.</summary>
public sealed class CalledToolTests
{
    [Theory]
    [InlineData(CondensationStrategy.Hybrid)]
    public void Call_ThatNamesWhatIsAsked_IsFound(CondensationStrategy strategy)
    {
        var rounds = string.Join(',', Enumerable.Range(0, 40).Select(static i =>
            $$$"""{"role":"user","content":"Next"},{"role":"assistant","content":null,"tool_calls":[{"id":"c{{{i}}}","type":"function","function":{"name":"open","arguments":"{\"path\":\"{{{(i == 7 ? "zanzibar_tariffs" : "rows" + i)}}}\"}"}}]},{"role":"tool","tool_call_id":"c{{{i}}}","content":"ok {{{i}}}"}"""));
        var layout = ChatBodies.Read($$"""{"messages":[{{rounds}},{"role":"user","content":"What came of zanzibar_tariffs?"}]}""", InferenceOperation.ChatCompletions);

        var result = Condenser.Condense(layout.Conversation, new CondensationRequest { Budget = 150, Counter = TokenCounters.O200k, Strategy = strategy });

        Assert.Contains(22, result.Messages.Select(static message => message.Source));
        Assert.InRange(result.TokensAfter, 1, 150);
    }

    [Fact]
    public void Arguments_AreReadToABound_AndNeverToHalfAPair()
    {
        foreach (var blanks in (int[])[0, 1])
        {
            var layout = ChatBodies.Read(
                $$$"""{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{{{new string(' ', blanks)}}}{{{string.Concat(Enumerable.Repeat("🙂", 4000))}}}"}}]},{"role":"tool","tool_call_id":"c","content":"ok"}]}""",
                InferenceOperation.ChatCompletions);

            var called = layout.Conversation[0].Called.Trim();
            Assert.InRange(called.Length, 2000, 2048);
            Assert.True(char.IsLowSurrogate(called[^1]));
        }
    }

    [Theory]
    [InlineData("\"tool_calls\":[]")]
    [InlineData("\"annotations\":[]")]
    [InlineData("\"annotations\":[{\"type\":\"url_citation\"}]")]
    [InlineData("\"refusal\":null")]
    [InlineData("\"refusal\":\"\"")]
    [InlineData("\"function_call\":{}")]
    [InlineData("\"audio\":{},\"x\":\"\",\"y\":[],\"id\":\"msg_1\"")]
    [InlineData("\"reasoning_content\":\"\",\"reasoning_details\":[]")]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\"}")]
    public void Member_ThatSaysNothing_LeavesAMessageAsTextAlone(string member)
    {
        var layout = ChatBodies.Read(
            $$"""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b",{{member}}},{"role":"user","content":"c"},{"role":"assistant","content":"d"},{"role":"user","content":"e"}]}""",
            InferenceOperation.ChatCompletions);

        Assert.False(layout.Conversation[1].IsIndivisible);
        Assert.Empty(layout.Conversation[1].Calls);
        Assert.Equal(2, TurnMerge.CountFrom(layout, [new(0, MessageRole.User, null), new(1, MessageRole.Assistant, null), new(3, MessageRole.Assistant, null), new(4, MessageRole.User, null)], 1));
    }

    [Theory]
    [InlineData("\"refusal\":\"No.\"")]
    [InlineData("\"audio\":{\"id\":\"a\"}")]
    public void Member_ThatSaysSomething_KeepsAMessageWhole(string member)
    {
        var layout = ChatBodies.Read($$"""{"messages":[{"role":"assistant","content":"b",{{member}}}]}""", InferenceOperation.ChatCompletions);

        Assert.True(layout.Conversation[0].IsIndivisible);
    }

    [Theory]
    [InlineData(nameof(InferenceOperation.Messages))]
    [InlineData(nameof(InferenceOperation.Condense))]
    public void LastUserMessage_BesideResultsOfTools_StaysWhole(string operationName)
    {
        var layout = ChatBodies.Read(
            """
            {"messages":[{"role":"user","content":"Look it up"},
              {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"done"},{"type":"text","text":"Only the newest, please."}]},
              {"role":"assistant","content":"It is done."},
              {"role":"assistant","content":"And more of it is done, which takes some words to say."}]}
            """,
            Enum.Parse<InferenceOperation>(operationName));

        Assert.Equal("Only the newest, please.", layout.Conversation[2].OwnText);
        var least = Condenser.Condense(layout.Conversation, new CondensationRequest { Budget = 1, Counter = TokenCounters.O200k }).Least;
        var result = Condenser.Condense(layout.Conversation, new CondensationRequest { Budget = least, Counter = TokenCounters.O200k });
        Assert.Equal([0, 1, 2, 4], result.Messages.Where(static message => message.Source >= 0).Select(static message => message.Source));
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>A provider refuses a call of a tool whose turn still runs and whose thoughts are gone.</summary>
public sealed class RunningThoughtsTests
{
    public static TheoryData<CondensationStrategy, bool> Strategies()
    {
        var data = new TheoryData<CondensationStrategy, bool>();
        foreach (var strategy in Enum.GetValues<CondensationStrategy>())
        {
            data.Add(strategy, false);
            data.Add(strategy, true);
        }

        return data;
    }

    [Theory, MemberData(nameof(Strategies))]
    public void Calls_OfARunningTurn_StayWithTheThoughtsThatLedToThem(CondensationStrategy strategy, bool says)
    {
        var condensed = 0;
        foreach (var thinksEvery in (int[])[100, 7, 3, 1])
        {
            var layout = Turns([6], rounds: 20, thinksEvery, says);
            foreach (var budget in (int[])[300, 400, 500, 700, 1000])
            {
                var result = Condenser.Condense(layout.Conversation, Request(budget, strategy));
                if (result.Messages.IsEmpty)
                {
                    continue;
                }

                condensed++;
                AssertLegal(layout, result);
                Assert.InRange(ChatBodies.Read(Written(layout, result), InferenceOperation.Messages).MessageTokens, 0, budget);
            }
        }

        Assert.InRange(condensed, 10, 20);
    }

    [Theory, MemberData(nameof(Strategies))]
    public void Calls_OfARollingConversation_StayWithTheirThoughts_AndTheHeadStaysTheSame(CondensationStrategy strategy, bool says)
    {
        var whole = Turns([3, 5], rounds: 30, thinksEvery: 9, says);
        var (cuts, steps, before) = (0, 0, "");
        for (var end = whole.Messages.Length - 50; end <= whole.Messages.Length; end += 2)
        {
            var layout = ChatBodies.Read(Body(whole, end), InferenceOperation.Messages);
            var rolled = RollingCondensation.Condense(layout.Conversation, Request(900, strategy), new RollingOptions());
            AssertLegal(layout, rolled.Result);
            cuts += rolled.Cut > 0 ? 1 : 0;
            steps += rolled.IsNewStep ? 1 : 0;
            var list = ListOf(Written(layout, rolled.Result)).GetRawText();
            Assert.True(rolled.IsNewStep || list.StartsWith(before, StringComparison.Ordinal), $"{end}: the head changed without a step");
            Assert.InRange(ChatBodies.Read(Written(layout, rolled.Result), InferenceOperation.Messages).MessageTokens, 0, 900);
            before = list[..^1];
        }

        Assert.InRange(cuts, 15, 26);
        Assert.InRange(steps, 1, cuts / 2);
    }

    [Fact]
    public void LastThoughts_StayWhereTheTurnGoesOn_AndMayGoWhereItIsOver()
    {
        var open = Turns([2], rounds: 4, thinksEvery: 100, says: false).Conversation;
        var thoughts = open.ToList().FindIndex(static message => message.HasThoughts);
        List<ConversationMessage> over = [.. open, Conversations.Message(MessageRole.Assistant, "Done."), Conversations.Message(MessageRole.User, "Thanks.")];

        Assert.Contains(thoughts, SourcesAtLeast(open));
        Assert.DoesNotContain(thoughts, SourcesAtLeast(over));
    }

    // Results of a call have no end of their own there: a group of items stays whole, and before instructions too.
    [Theory]
    [InlineData("""{"type":"reasoning","id":"r","summary":[]},{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"a","output":"done"}""")]
    [InlineData("""{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"a","output":"done"}""")]
    [InlineData("""{"type":"custom_tool_call","call_id":"a","name":"f","input":"x"},{"type":"custom_tool_call_output","call_id":"a","output":"done"}""")]
    [InlineData("""{"type":"computer_call","id":"i","call_id":"a","action":{"type":"screenshot"}},{"type":"computer_call_output","call_id":"a","output":{"type":"computer_screenshot","image_url":"https://x.invalid/a.png"}}""")]
    [InlineData("""{"type":"local_shell_call","id":"i","call_id":"a","action":{"type":"exec","command":["ls"]}},{"type":"local_shell_call_output","call_id":"a","output":"done"}""")]
    [InlineData("""{"type":"shell_call","id":"i","call_id":"a","action":{"commands":["ls"]}},{"type":"shell_call_output","call_id":"a","output":[{"stdout":"done"}]}""")]
    [InlineData("""{"type":"apply_patch_call","id":"i","call_id":"a","operation":{"type":"delete_file","path":"b"}},{"type":"apply_patch_call_output","call_id":"a","status":"completed"}""")]
    [InlineData("""{"type":"mcp_approval_request","id":"a","name":"f","arguments":"{}"},{"type":"mcp_approval_response","approval_request_id":"a","approve":true}""")]
    public void LastCalls_OfItems_StayBeforeInstructions(string calls)
    {
        var filler = string.Join(',', Enumerable.Range(0, 30).Select(static i => $$"""{"role":"user","content":"We had tea and cake {{i}} there."}"""));
        var layout = ChatBodies.Read($$"""{"input":[{{filler}},{{calls}},{"role":"developer","content":"Be brief."}]}""", InferenceOperation.Responses);

        Assert.Equal(MessageRole.Assistant, layout.Conversation[30].Role);
        Assert.Contains(30, SourcesAtLeast(layout.Conversation));
    }

    [Theory]
    [InlineData("reasoning_content", "\"hm\"")]
    [InlineData("reasoning_details", """[{"type":"reasoning.encrypted","data":"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="}]""")]
    public void ThoughtsOfChatCompletions_AreToldAndCounted(string member, string value)
    {
        var bare = Chat("\"x\":null");
        var layout = Chat($"\"{member}\":{value}");

        Assert.True(layout.Conversation[1].HasThoughts);
        Assert.InRange(layout.MessageTokens - bare.MessageTokens, TokenCounters.O200k.Count(value) - 2, 60);
        Assert.False(Chat($"\"{member}\":{(value[0] == '[' ? "[]" : "\"\"")}").Conversation[1].HasThoughts);
    }

    private static ConversationLayout Chat(string member) => ChatBodies.Read(
        $$$"""{"messages":[{"role":"user","content":"Look"},{"role":"assistant","content":null,{{{member}}},"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"done"}]}""",
        InferenceOperation.ChatCompletions);

    private static List<int> SourcesAtLeast(IReadOnlyList<ConversationMessage> messages)
    {
        var least = Condenser.Condense(messages, Request(1, CondensationStrategy.Hybrid)).Least;
        return [.. Condenser.Condense(messages, Request(least, CondensationStrategy.Hybrid)).Messages.Select(static message => message.Source)];
    }

    private static CondensationRequest Request(int budget, CondensationStrategy strategy) => new() { Budget = budget, Counter = TokenCounters.O200k, Strategy = strategy };

    // Turns of talk and one of rounds of tools for each of some counts; in the rounds the model thinks now and then.
    private static ConversationLayout Turns(int[] talks, int rounds, int thinksEvery, bool says)
    {
        var list = new JsonArray();
        foreach (var (talk, turn) in talks.Select(static (talk, turn) => (talk, turn)))
        {
            for (var i = 0; i < talk; i++)
            {
                list.Add(new JsonObject { ["role"] = "user", ["content"] = $"We had tea and cake {i} in town {turn}." });
                list.Add(new JsonObject { ["role"] = "assistant", ["content"] = $"It was a long and warm afternoon {i}." });
            }

            list.Add(new JsonObject { ["role"] = "user", ["content"] = $"Mend the ledger {turn}." });
            for (var round = 0; round < rounds; round++)
            {
                AddRound(list, string.Create(CultureInfo.InvariantCulture, $"t{turn}_{round}"), round % thinksEvery == 0, says && round % 4 == 1);
            }

            if (turn < talks.Length - 1)
            {
                list.Add(new JsonObject { ["role"] = "assistant", ["content"] = "It is mended." });
            }
        }

        return ChatBodies.Read($$"""{"messages":{{list.ToJsonString()}}}""", InferenceOperation.Messages);
    }

    private static void AddRound(JsonArray list, string id, bool thinks, bool says)
    {
        var call = new JsonArray(new JsonObject { ["type"] = "tool_use", ["id"] = id, ["name"] = "read_" + id, ["input"] = new JsonObject { ["path"] = $"src/{id}.cs" } });
        if (thinks)
        {
            call.Insert(0, new JsonObject { ["type"] = "thinking", ["thinking"] = "I look at " + id, ["signature"] = "c2ln" });
        }

        var results = new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id, ["content"] = $"The file {id} holds the sum of all rows." });
        if (says)
        {
            results.Add(new JsonObject { ["type"] = "text", ["text"] = $"Mind the totals of {id}." });
        }

        list.Add(new JsonObject { ["role"] = "assistant", ["content"] = call });
        list.Add(new JsonObject { ["role"] = "user", ["content"] = results });
    }

    private static string Body(ConversationLayout whole, int end) =>
        $$"""{"messages":[{{string.Join(',', whole.Messages[..end].Select(message => Encoding.UTF8.GetString(whole.Body.Span[message.Bytes])))}}]}""";

    private static string Written(ConversationLayout layout, CondensationResult result) => Encoding.UTF8.GetString(CondensedBody.Write(layout, result.Messages));

    private static JsonElement ListOf(string body)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("messages").Clone();
    }

    // Of each call that is left of the running turn, the last thoughts up to it are left too; and nothing parts its rounds that nobody said.
    private static void AssertLegal(ConversationLayout layout, CondensationResult result)
    {
        var kept = result.Messages.Select(static message => message.Source).ToHashSet();
        var messages = layout.Conversation.ToList();
        var first = messages.FindLastIndex(static message => message.Role == MessageRole.User && message.Answers.IsEmpty);
        var thoughts = -1;
        for (var i = first + 1; i < messages.Count; i++)
        {
            thoughts = messages[i].HasThoughts ? i : thoughts;
            Assert.True(messages[i].Calls.IsEmpty || !kept.Contains(i) || kept.Contains(thoughts), $"The call {i} is kept without the thoughts {thoughts}.");
        }

        var list = ListOf(Written(layout, result));
        Assert.Null(ChatBodies.Fault(list, InferenceOperation.Messages));
        Assert.DoesNotContain(
            list.EnumerateArray().Where(static turn => turn.GetRawText().Contains("tool_result", StringComparison.Ordinal)),
            static turn => turn.GetRawText().Contains("[…]", StringComparison.Ordinal) && !turn.GetRawText().Contains("Mind the totals", StringComparison.Ordinal));
    }
}

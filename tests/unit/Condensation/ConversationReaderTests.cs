using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class ConversationReaderTests
{
    [Fact]
    public void Chat_PartsCallsAndResults_AreTold()
    {
        var layout = ChatBodies.Read(
            """
            {"tools":[{"type":"function","function":{"name":"f"}}],"messages":[
              {"role":"developer","content":"Be brief."},
              {"role":"user","name":"Ada","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]},
              {"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"https://a/b.png"}}]},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"done"}]}
            """,
            InferenceOperation.ChatCompletions);

        var messages = layout.Conversation;
        Assert.Equal([MessageRole.System, MessageRole.User, MessageRole.User, MessageRole.Assistant, MessageRole.Tool], messages.Select(static message => message.Role));
        Assert.Equal(("one\ntwo", "Ada", false), (messages[1].Text, messages[1].Name, messages[1].IsIndivisible));
        Assert.Equal(("look", true, 1600), (messages[2].Text, messages[2].IsIndivisible, messages[2].OtherTokens));
        Assert.Equal(["c1"], messages[3].Calls);
        Assert.Equal(["c1"], messages[4].Answers);
        Assert.Equal("done", messages[4].Text);
        Assert.Equal(1600, layout.Messages[2].GuessedTokens);
        Assert.InRange(layout.GuessedTokens, 1616, 1640);
        Assert.True(layout.FixedTokens > 5);
    }

    [Fact]
    public void Messages_BlocksOfEveryKind_AreTold()
    {
        var layout = ChatBodies.Read(
            """
            {"system":"Be brief.","messages":[
              {"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"done"}]},{"type":"text","text":"and?"}]}]}
            """,
            InferenceOperation.Messages);

        Assert.Equal(["", "", "done\nand?"], layout.Conversation.Select(static message => message.Text));
        Assert.Equal((1600, true), (layout.Messages[0].GuessedTokens, layout.Messages[1].HasThoughts));
        Assert.Equal(["t1"], layout.Conversation[1].Calls);
        Assert.Equal(["t1"], layout.Conversation[2].Answers);
    }

    [Theory]
    [InlineData("""{"type":"text","text":"and?"}""", "and?")]
    [InlineData("""{"type":"image","source":{"type":"url","url":"https://a/b.png"}}""", "")]
    public void Messages_WhatAUserSaysBesideResults_IsTheUsersOwn_AndStaysWithTheCall(string block, string own)
    {
        var filler = string.Join(',', Enumerable.Range(0, 20).Select(static i => $$"""{"role":"user","content":"one {{i}}"},{"role":"assistant","content":"two {{i}}"}"""));
        var layout = ChatBodies.Read(
            $$$"""
            {"messages":[{{{filler}}},{"role":"user","content":"Look it up"},
              {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"done"},{{{block}}}]},
              {"role":"assistant","content":"It is done."}]}
            """,
            InferenceOperation.Messages);

        Assert.Equal((own, "Look it up"), (layout.Conversation[^2].OwnText, layout.Conversation[^4].OwnText ?? layout.Conversation[^4].Text));
        var least = Condenser.Condense(layout.Conversation, new CondensationRequest { Budget = 1, Counter = TokenCounters.O200k }).Least;
        var result = Condenser.Condense(layout.Conversation, new CondensationRequest { Budget = least, Counter = TokenCounters.O200k });
        Assert.Equal([40, 41, 42, 43], result.Messages.Select(static message => message.Source));
    }

    // As templates of models show calls, a special token for each tag: without the id, with it, and as several in one.
    [Theory]
    [InlineData("<|{\"name\": \"{name}\", \"arguments\": {arguments}}\n|>", "<|\n{result}\n|>")]
    [InlineData("<|[{\"name\": \"{name}\", \"arguments\": {arguments}, \"id\": \"{id}\"}]", "<|{\"content\": {result}, \"call_id\": \"{id}\"}|>")]
    [InlineData("<| to=functions.{name}<|commentary json<|{arguments}|>", "<|functions.{name} to=assistant<|commentary<|{result}|>")]
    [InlineData("{\"recipient_name\":\"functions.{name}\",\"parameters\":{arguments}},", "<|{result}|>")]
    public void Calls_CountAtLeastAsTheyAreShownToModels(string call, string answer)
    {
        const string Name = "get_weather";
        const string Arguments = """{"city":"Lisbon","days":3}""";
        const string Result = """{"sky":"clear"}""";
        const string Id = "call_9mK2xQ7Lz";
        string Shown(string template) => template.Replace("{name}", Name, StringComparison.Ordinal).Replace("{arguments}", Arguments, StringComparison.Ordinal)
            .Replace("{id}", Id, StringComparison.Ordinal).Replace("{result}", Result, StringComparison.Ordinal);
        int CountOf(string shown) => shown.Split("<|").Length - 1 + (shown.Split("|>").Length - 1)
            + shown.Split(["<|", "|>"], StringSplitOptions.RemoveEmptyEntries).Sum(static part => TokenCounters.O200k.Count(part));

        var chat = ChatBodies.Read(
            $$$"""{"messages":[{"role":"assistant","tool_calls":[{"id":"{{{Id}}}","type":"function","function":{"name":"{{{Name}}}","arguments":{{{JsonSerializer.Serialize(Arguments)}}}}}]},{"role":"tool","tool_call_id":"{{{Id}}}","content":{{{JsonSerializer.Serialize(Result)}}}}]}""",
            InferenceOperation.ChatCompletions);
        var blocks = ChatBodies.Read(
            $$$"""{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"{{{Id}}}","name":"{{{Name}}}","input":{{{Arguments}}}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"{{{Id}}}","content":{{{JsonSerializer.Serialize(Result)}}}}]}]}""",
            InferenceOperation.Messages);
        var items = ChatBodies.Read(
            $$$"""{"input":[{"type":"function_call","call_id":"{{{Id}}}","name":"{{{Name}}}","arguments":{{{JsonSerializer.Serialize(Arguments)}}}},{"type":"function_call_output","call_id":"{{{Id}}}","output":{{{JsonSerializer.Serialize(Result)}}}}]}""",
            InferenceOperation.Responses);

        Assert.All([chat, blocks, items], layout => Assert.InRange(layout.MessageTokens, CountOf(Shown(call)) + CountOf(Shown(answer)), 120));
    }

    [Fact]
    public void Responses_ThoughtsCallsAndResults_AreOneMessage_AndWhatIsUnknownStays()
    {
        var layout = ChatBodies.Read(
            """
            {"instructions":"Be brief.","input":[
              {"role":"user","content":"Hi"},
              {"type":"reasoning","id":"r","summary":[]},
              {"type":"function_call","call_id":"a","name":"f","arguments":"{}"},
              {"type":"function_call","call_id":"b","name":"f","arguments":"{}"},
              {"type":"function_call_output","call_id":"b","output":"done"},
              {"type":"function_call_output","call_id":"a","output":"done"},
              {"type":"reasoning","id":"s","summary":[]},
              {"type":"message","role":"assistant","content":[{"type":"output_text","text":"So."}]},
              {"type":"item_reference","id":"x"},
              {"type":"message","role":"user","content":[{"type":"input_text","text":"And?"}]}]}
            """,
            InferenceOperation.Responses);

        Assert.Equal(
            [MessageRole.User, MessageRole.Assistant, MessageRole.Assistant, MessageRole.System, MessageRole.User],
            layout.Conversation.Select(static message => message.Role));
        Assert.StartsWith("{\"type\":\"reasoning\",\"id\":\"r\"", BytesOf(layout, 1), StringComparison.Ordinal);
        Assert.EndsWith("\"call_id\":\"a\",\"output\":\"done\"}", BytesOf(layout, 1), StringComparison.Ordinal);
        Assert.EndsWith("\"So.\"}]}", BytesOf(layout, 2), StringComparison.Ordinal);
    }

    [Fact]
    public void Responses_CallsAndResultsThatStandApart_Stay()
    {
        var layout = ChatBodies.Read(
            """
            {"previous_response_id":"r","input":[
              {"type":"function_call_output","call_id":"before","output":"done"},
              {"type":"function_call","call_id":"a","name":"f","arguments":"{}"},
              {"role":"user","content":"Wait"},
              {"type":"function_call_output","call_id":"a","output":"done"},
              {"role":"user","content":"And?"}]}
            """,
            InferenceOperation.Responses);

        Assert.Equal(
            [MessageRole.System, MessageRole.System, MessageRole.User, MessageRole.System, MessageRole.User],
            layout.Conversation.Select(static message => message.Role));
    }

    [Theory]
    [InlineData("""{"type":"computer_call_output","call_id":"a","output":{"type":"computer_screenshot","image_url":"data:image/png;base64,DATA"}}""")]
    [InlineData("""{"type":"image_generation_call","id":"a","result":"DATA"}""")]
    [InlineData("""{"type":"of_later","data":"DATA"}""")]
    public void Responses_PicturesAndWhatIsUnknown_AreNoText(string item)
    {
        var layout = ChatBodies.Read(
            $$"""{"input":[{{item.Replace("DATA", new string('A', 100_000), StringComparison.Ordinal)}},{"role":"user","content":"And?"}]}""", InferenceOperation.Responses);

        Assert.InRange(layout.Tokens - layout.GuessedTokens, 1, 40);
    }

    [Theory]
    [InlineData(nameof(InferenceOperation.ChatCompletions), """{"type":"image_url","image_url":{"url":"data:image/png;base64,DATA"}}""", 765)]
    [InlineData(nameof(InferenceOperation.ChatCompletions), """{"type":"image_url","image_url":{"url":"data:image/png;base64,DATA","detail":"low"}}""", 85)]
    [InlineData(nameof(InferenceOperation.ChatCompletions), """{"type":"image_url","image_url":{"url":"https://a/b.png"}}""", 1445)]
    [InlineData(nameof(InferenceOperation.ChatCompletions), """{"type":"image_url"}""", 1445)]
    [InlineData(nameof(InferenceOperation.Messages), """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"DATA"}}""", 765)]
    [InlineData(nameof(InferenceOperation.Messages), """{"type":"image","source":{"type":"url","url":"https://a/b.png"}}""", 1445)]
    [InlineData(nameof(InferenceOperation.Responses), """{"type":"input_image","image_url":"data:image/png;base64,DATA","detail":"high"}""", 765)]
    [InlineData(nameof(InferenceOperation.Responses), """{"type":"input_image","image_url":"data:image/png;base64,DATA","detail":"low"}""", 85)]
    [InlineData(nameof(InferenceOperation.Responses), """{"type":"input_image","file_id":"file_1"}""", 1445)]
    public void Images_CountWhatTheirSizeComesTo(string dialect, string part, int expected)
    {
        var operation = Enum.Parse<InferenceOperation>(dialect);

        // 1,024 × 1,024.
        var png = Convert.ToBase64String([0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 4, 0, 0, 0, 4, 0, .. new byte[3000]]);
        var list = operation == InferenceOperation.Responses ? "input" : "messages";
        var body = $$"""{"{{list}}":[{"role":"user","content":[{{part.Replace("DATA", png, StringComparison.Ordinal)}}]}]}""";

        var reading = ConversationReader.Read(Encoding.UTF8.GetBytes(body), operation, TokenRules.For("gpt-4o"));

        Assert.Equal(expected, reading.Layout!.GuessedTokens);
    }

    [Fact]
    public void Endpoint_ReadsCallsAndResultsOfBothDialects()
    {
        var layout = ChatBodies.Read(
            """
            {"messages":[
              {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"t1","name":"f","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"done"},{"type":"text","text":"and?"}]}]}
            """,
            InferenceOperation.Condense);

        Assert.Equal(["t1"], layout.Conversation[0].Calls);
        Assert.Equal(["t1"], layout.Conversation[1].Answers);
        Assert.Equal("done\nand?", layout.Conversation[1].Text);
    }

    [Fact]
    public void Responses_OneText_IsAConversationThatNobodyCuts()
    {
        var layout = ChatBodies.Read("""{"input":"Hi there"}""", InferenceOperation.Responses);

        Assert.Equal(default, layout.List);
        Assert.Equal("Hi there", Assert.Single(layout.Conversation).Text);
    }

    [Fact]
    public void Files_InTheBody_CountByTheirLength_NotAsText()
    {
        var data = new string('A', 140_000);
        var layout = ChatBodies.Read(
            $$$"""{"messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"{{{data}}}"}}]},{"role":"user","content":"Hi"}]}""",
            InferenceOperation.ChatCompletions);

        Assert.Equal(9000, layout.GuessedTokens);
    }

    [Theory]
    [InlineData("\"2026-01-31T10:00:00Z\"", 1769853600)]
    [InlineData("\"2026-01-31T12:00:00+02:00\"", 1769853600)]
    [InlineData("1769853600", 1769853600)]
    [InlineData("1769853600000", 1769853600)]
    [InlineData("1769853600.5", 1769853600)]
    [InlineData("-90000000000000", -60000000000)]
    public void Timestamp_InAnyForm_IsTheSameMoment(string json, long seconds)
    {
        var layout = ChatBodies.Read($$"""{"messages":[{"role":"user","content":"Hi","timestamp":{{json}}}]}""", InferenceOperation.ChatCompletions);

        Assert.Equal(seconds, layout.Conversation[0].Timestamp!.Value.ToUnixTimeSeconds());
    }

    [Fact]
    public void Tokens_AreThoseThatCondensationCounts()
    {
        foreach (var operation in new[] { InferenceOperation.ChatCompletions, InferenceOperation.Messages, InferenceOperation.Responses })
        {
            var layout = ChatBodies.Read(ChatBodies.Of(operation, 7), operation);

            Assert.Equal(Condenser.Condense(layout.Conversation, new CondensationRequest { Budget = int.MaxValue, Counter = TokenCounters.O200k }).TokensBefore, layout.MessageTokens);
        }
    }

    private static string BytesOf(ConversationLayout layout, int index) => Encoding.UTF8.GetString(layout.Body.Span[layout.Messages[index].Bytes]);
}

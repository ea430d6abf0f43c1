using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.AnthropicSdk;

public sealed class AnthropicSdkMessageTests(GatewayFixture gateway) : AnthropicSdkTest(gateway)
{
    private const string Hello = "Hello from the scripted upstream.";

    private const string Tools = """
        "tools":[{"name":"weather","input_schema":{"type":"object"}},{"name":"time","input_schema":{"type":"object"}}]
        """;

    [Theory, MemberData(nameof(Models))]
    public async Task Message_Whole_AnswersWithTextReasonAndUsage(string model)
    {
        First.Behaviour = new() { PromptTokens = 11, CachedTokens = 0 };

        var answer = await Sdk.Messages.Create(Ask(model, """ "system":"Be brief.","messages":[{"role":"user","content":"Hello"}] """), Cancel);

        Assert.True(answer.Content.Single().TryPickText(out var text));
        Assert.Equal(Hello, text.Text);
        Assert.Equal("end_turn", answer.StopReason!.Raw());
        Assert.Equal((11, 7), (answer.Usage.InputTokens, answer.Usage.OutputTokens));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Message_Streamed_SaysWhatTheWholeAnswerSays(string model)
    {
        var message = await StreamAsync(Ask(model));

        Assert.Equal(Hello, message.Text);
        Assert.Equal("end_turn", message.StopReason);
        Assert.Equal(7, message.OutputTokens);
        Assert.True(message.IsStopped);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Tools_WholeParallelCalls_CarryIdsNamesAndInputs(string model)
    {
        var answer = await Sdk.Messages.Create(Ask(model, $""" {Tools},"messages":[{Hi}] """), Cancel);

        var calls = answer.Content.Select(static block => block.TryPickToolUse(out var call) ? call : null!).ToList();
        Assert.Equal("tool_use", answer.StopReason!.Raw());
        Assert.Equal(["weather", "time"], calls.Select(static call => call.Name));
        Assert.Equal(["Paris", "Zürich"], calls.Select(static call => call.Input["city"].GetString()));
        Assert.Equal(2, calls.Select(static call => call.ID).Distinct().Count());
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Tools_StreamedParallelCalls_FoldToTheWholeOnes(string model)
    {
        var message = await StreamAsync(Ask(model, $""" {Tools},"messages":[{Hi}] """));

        Assert.Equal("tool_use", message.StopReason);
        Assert.Equal(["weather", "time"], message.Calls.Values.Select(static call => call.Name));
        Assert.Equal(["Paris", "Zürich"], message.Calls.Values.Select(static call => (string?)JsonNode.Parse(call.Input)!["city"]));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Tools_ResultsSentBack_AreAnsweredWithText(string model)
    {
        var asked = await Sdk.Messages.Create(Ask(model, $""" {Tools},"messages":[{Hi}] """), Cancel);
        var said = JsonSerializer.Serialize(asked.Content);
        var ids = asked.Content.Select(static block => block.TryPickToolUse(out var call) ? call.ID : "").ToList();
        var results = string.Join(',', ids.Select(static id => $$"""{"type":"tool_result","tool_use_id":"{{id}}","content":"fine"}"""));

        var answer = await Sdk.Messages.Create(
            Ask(model, $$""" {{Tools}},"messages":[{{Hi}},{"role":"assistant","content":{{said}}},{"role":"user","content":[{{results}}]}] """), Cancel);

        Assert.True(answer.Content.Single().TryPickText(out var text));
        Assert.Equal(Hello, text.Text);
        Assert.All(ids, id => Assert.Contains(id, First.Requests[^1].Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(GatewayFixture.AnthropicModel, """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":2}}""", "c2ln")]
    [InlineData(GatewayFixture.OpenAiModel, """{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"Hm.","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""", "")]
    public async Task Thoughts_OfEitherProvider_AreThinkingBlocks(string model, string body, string signature)
    {
        First.Next(new Behaviour { Body = body });

        var answer = await Sdk.Messages.Create(Ask(model, $""" "thinking":{Thinking},"messages":[{Hi}] """), Cancel);

        Assert.True(answer.Content[0].TryPickThinking(out var thought));
        Assert.Equal(("Hm.", signature), (thought.Thinking, thought.Signature));
        Assert.True(answer.Content[1].TryPickText(out var text));
        Assert.Equal("Hi", text.Text);
    }

    [Theory]
    [InlineData(GatewayFixture.AnthropicModel, "\"data\":\"QUJD\"")]
    [InlineData(GatewayFixture.OpenAiModel, "data:image/png;base64,QUJD")]
    public async Task Image_Sent_ReachesTheProviderInItsForm(string model, string expected)
    {
        await Sdk.Messages.Create(
            Ask(model, """ "messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},{"type":"text","text":"What?"}]}] """),
            Cancel);

        Assert.Contains(expected, First.Requests[^1].Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Tokens_Counted_AreTheProvidersOrEstimated(string model)
    {
        var count = await Sdk.Messages.CountTokens(Count(model), Cancel);

        Assert.Equal(model == GatewayFixture.AnthropicModel ? 11 : 5, count.InputTokens);
    }

    private static string Hi => """{"role":"user","content":"Weather and time?"}""";

    private static string Thinking => """{"type":"enabled","budget_tokens":1024}""";

    private async Task<Streamed> StreamAsync(MessageCreateParams request)
    {
        var message = new Streamed();
        await foreach (var told in Sdk.Messages.CreateStreaming(request, Cancel))
        {
            if (told.TryPickContentBlockStart(out var start) && start.ContentBlock.TryPickToolUse(out var call))
            {
                message.Calls[start.Index] = (call.Name, "");
            }
            else if (told.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var text))
            {
                message.Text += text.Text;
            }
            else if (told.TryPickContentBlockDelta(out delta) && delta.Delta.TryPickInputJson(out var input))
            {
                var known = message.Calls[delta.Index];
                message.Calls[delta.Index] = (known.Name, known.Input + input.PartialJson);
            }
            else if (told.TryPickDelta(out var end))
            {
                message.StopReason = end.Delta.StopReason!.Raw();
                message.OutputTokens = end.Usage.OutputTokens;
            }

            message.IsStopped = told.TryPickStop(out _);
        }

        return message;
    }

    private sealed class Streamed
    {
        public string Text { get; set; } = "";

        public SortedDictionary<long, (string Name, string Input)> Calls { get; } = [];

        public string? StopReason { get; set; }

        public long OutputTokens { get; set; }

        public bool IsStopped { get; set; }
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Completions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.Tests.Unit.Providers;

namespace ProxyCluster.Tests.Unit.Completions;

/// <summary>Text completions from models that only chat: what is asked of them, and what the client gets.</summary>
public sealed class CompletionsByChatTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);
    private static readonly FakeTimeProvider Clock = new(Now);

    [Theory]
    [InlineData("\"Once upon\"")]
    [InlineData("[\"Once upon\"]")]
    public void Prompt_OfText_IsOneMessageOfTheUser(string prompt)
    {
        var sent = Anthropic.Sent(Text($"\"prompt\":{prompt},\"max_tokens\":5,\"stop\":\"x\",\"echo\":false,\"best_of\":1,\"suffix\":\"\""), out var warnings);

        ProviderCase.AssertJson(
            """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":"Once upon"}]}],"stop_sequences":["x"]}""", sent);
        Assert.Null(warnings);
    }

    [Fact]
    public void Prompt_ForAServerOfOpenAisForm_IsWrittenAnew()
    {
        var openai = new ProviderCase(new OpenAiAdapter(OpenAiDialect.Presets.Single(static p => p.Type == "groq"), Clock), "m");

        ProviderCase.AssertJson(
            """{"model":"m","messages":[{"role":"user","content":"Once"}],"seed":3,"stop":["x"]}""",
            openai.Sent(Text("\"prompt\":\"Once\",\"seed\":3,\"stop\":[\"x\"]")));
    }

    [Theory]
    [InlineData("\"prompt\":[\"a\",\"b\"]", "prompt")]
    [InlineData("\"prompt\":[1,2,3]", "prompt")]
    [InlineData("\"prompt\":[[1,2]]", "prompt")]
    [InlineData("\"prompt\":[]", "prompt")]
    [InlineData("\"prompt\":\"a\",\"echo\":true", "echo")]
    [InlineData("\"prompt\":\"a\",\"suffix\":\"z\"", "suffix")]
    [InlineData("\"prompt\":\"a\",\"logprobs\":0", "logprobs")]
    [InlineData("\"prompt\":\"a\",\"best_of\":2", "best_of")]
    [InlineData("\"prompt\":\"a\",\"n\":2", "n")]
    public void Field_ThatAChatHasNothingLike_IsRefused(string members, string param) =>
        Assert.Equal((400, "unsupported_parameter", param), Anthropic.Refused(Text(members)));

    [Fact]
    public void SeveralChoices_OfAServerThatWouldGiveThem_AreRefused()
    {
        var mistral = new ProviderCase(new OpenAiAdapter(OpenAiDialect.Presets.Single(static p => p.Type == "mistral"), Clock), "m");

        Assert.Equal((400, "unsupported_parameter", "n"), mistral.Refused(Text("\"prompt\":\"a\",\"n\":2")));
    }

    [Fact]
    public void Answer_OfAChat_IsATextCompletion()
    {
        var request = Text("\"prompt\":\"Once\"");
        var output = new ArrayBufferWriter<byte>();

        CompletionsDialect.Instance.WriteAnswer(
            new Answer { Id = "a1", Text = "upon", Reasoning = "Hm.", Finish = FinishReason.Length, Usage = new TokenUsage(4, 0, 0, 2, 0) }, request, Now, output);

        var shown = JsonNode.Parse(output.WrittenSpan)!;
        ProviderCase.AssertJson("""[{"text":"upon","index":0,"logprobs":null,"finish_reason":"length"}]""", shown["choices"]);
        Assert.Equal(("a1", "text_completion", 1_780_000_000, "m"), ((string)shown["id"]!, (string)shown["object"]!, (int)shown["created"]!, (string)shown["model"]!));
        Assert.Equal(6, (int)shown["usage"]!["total_tokens"]!);
    }

    [Fact]
    public void Stream_OfAChat_IsTextCompletions()
    {
        var output = new ArrayBufferWriter<byte>();
        var stream = CompletionsDialect.Instance.CreateStream(Text("\"prompt\":\"Once\",\"stream\":true,\"stream_options\":{\"include_usage\":true}"), Now);
        stream.Output = output;

        stream.Begin("\"a1\""u8, default);
        stream.Reasoning("\"Hm.\""u8);
        stream.Text("\"up\""u8);
        stream.Text("\"on\""u8);
        stream.Finish(FinishReason.ToolCalls);
        stream.End(new TokenUsage(4, 0, 0, 2, 0));

        var events = Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n")[..^1].Select(static text => JsonNode.Parse(text["data: ".Length..])!).ToList();
        Assert.Equal(["up", "on", "", null], events.Select(static told => (string?)((told["choices"] as JsonArray)!.FirstOrDefault()?["text"])));
        Assert.Equal("stop", (string?)events[2]["choices"]![0]!["finish_reason"]);
        Assert.Equal(6, (int)events[3]["usage"]!["total_tokens"]!);
        Assert.All(events, static told => Assert.Equal(("a1", "text_completion"), ((string?)told["id"], (string?)told["object"])));
    }

    private static ProviderCase Anthropic => new(new AnthropicAdapter(Clock), "m");

    private static InferenceRequest Text(string members) =>
        ProviderCase.Request($$"""{"model":"m",{{members}}}""", InferenceOperation.Completions) with { Operation = InferenceOperation.CompletionsByChat };
}

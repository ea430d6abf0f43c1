using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

public sealed class BedrockAnswerTests
{
    private const string Usage = """ "usage":{"inputTokens":10,"outputTokens":4,"totalTokens":21,"cacheReadInputTokens":5,"cacheWriteInputTokens":2}""";
    private const string Format = """ "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}""";

    [Fact]
    public void Blocks_OfAllKinds_BecomeOneMessage()
    {
        var answer = BedrockCase.Answer(
            Content(
                """
                {"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},{"reasoningContent":{"redactedContent":"AAAA"}},
                {"text":"a"},{"citationsContent":{"content":[{"text":"b"}],"citations":[]}},{"text":"c"},
                {"toolUse":{"toolUseId":"srv","name":"nova_grounding","input":{},"type":"server_tool_use"}},
                {"toolResult":{"toolUseId":"srv","content":[]}},
                {"toolUse":{"toolUseId":"t1","name":"f","input":{"a":"é\u0001"}}},{"toolUse":{"toolUseId":"t2","name":"g","input":{}}}
                """,
                "tool_use"),
            out var whole);

        Assert.Equal(new TokenUsage(10, 5, 2, 4, 0), whole.Usage);
        BedrockCase.AssertJson(
            """
            {"role":"assistant","content":"abc","refusal":null,"reasoning_content":"hm","tool_calls":[
             {"id":"t1","type":"function","function":{"name":"f","arguments":"{\"a\":\"é\\u0001\"}"}},{"id":"t2","type":"function","function":{"name":"g","arguments":"{}"}}]}
            """,
            answer["choices"]![0]!["message"]);
        Assert.Equal("tool_calls", (string?)answer["choices"]![0]!["finish_reason"]);
        BedrockCase.AssertJson("17", answer["usage"]!["prompt_tokens"]);
    }

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("guardrail_intervened", "content_filter")]
    [InlineData("content_filtered", "content_filter")]
    [InlineData("tool_use", "stop")] // without any call that the client could answer
    [InlineData("something_new", "stop")]
    public void StopReason_IsMapped(string told, string finish) =>
        Assert.Equal(finish, (string?)BedrockCase.Answer(Content("""{"text":"a"}""", told), out _)["choices"]![0]!["finish_reason"]);

    [Fact]
    public void Answer_WithCallsThatEndsItsTurn_WaitsForResults() => Assert.Equal(
        "tool_calls",
        (string?)BedrockCase.Answer(Content("""{"toolUse":{"toolUseId":"t","name":"f","input":{}}}""", "end_turn"), out _)["choices"]![0]!["finish_reason"]);

    [Fact]
    public void AnswerTool_OfASchema_IsText()
    {
        var body = Content("""{"toolUse":{"toolUseId":"t","name":"gateway_json_answer","input":{"a":1}}}""", "tool_use");

        var choice = BedrockCase.Answer(body, out _, Format)["choices"]![0]!;

        Assert.Equal(("""{"a":1}""", "stop"), ((string?)choice["message"]!["content"], (string?)choice["finish_reason"]));
        Assert.Null(choice["message"]!["tool_calls"]);
    }

    [Theory]
    [InlineData("malformed_model_output")]
    [InlineData("malformed_tool_use")]
    public void Answer_ThatBedrockCallsBroken_IsNone(string told) =>
        Assert.Null(BedrockAnswer.Read(Bytes(Content("""{"text":"a"}""", told)), mayHaveAnswerTool: false));

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("[]")]
    [InlineData("""{"output":{"message":{"content":[]}}}""")]
    [InlineData("""{"output":{"message":{"content":"x"}},"stopReason":"end_turn"}""")]
    [InlineData("""{"message":"Too many requests"}""")]
    [InlineData("""{"output":{"message":{"content":[{"text":"\ud800"}]}},"stopReason":"end_turn"}""")]
    public void Body_ThatIsNoAnswer_IsInvalid(string body) =>
        Assert.Equal(AnswerValidity.Invalid, BedrockCase.Adapter.ReadAnswer(BedrockCase.Ask(), Bytes(body), new System.Buffers.ArrayBufferWriter<byte>()).Validity);

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Content(string blocks, string stopReason) =>
        $$$"""{"output":{"message":{"role":"assistant","content":[{{{blocks}}}]}},"stopReason":"{{{stopReason}}}","metrics":{"latencyMs":1},{{{Usage}}} }""";
}

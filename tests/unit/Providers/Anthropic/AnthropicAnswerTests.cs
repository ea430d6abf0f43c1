using System.Buffers;
using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Anthropic;

public sealed class AnthropicAnswerTests
{
    [Fact]
    public void Answer_WithEveryKindOfBlock_IsAChatCompletion()
    {
        var completion = AnthropicCase.Answer("""
            {"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-4-6","content":[
              {"type":"thinking","thinking":"Hm.","signature":"c2ln"},
              {"type":"redacted_thinking","data":"x"},
              {"type":"text","text":"Let me "},
              {"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query":"q"}},
              {"type":"web_search_tool_result","tool_use_id":"srv_1","content":[]},
              {"type":"text","text":"look."},
              {"type":"tool_use","id":"toolu_1","name":"weather","input":{ "city": "Zürich" }},
              {"type":"tool_use","id":"toolu_2","name":"now","input":{}}],
             "stop_reason":"tool_use","stop_sequence":null,
             "usage":{"input_tokens":10,"cache_creation_input_tokens":20,"cache_read_input_tokens":30,"output_tokens":40,
               "output_tokens_details":{"thinking_tokens":15}}}
            """, out var answer);

        AnthropicCase.AssertJson($$"""
            {"id":"msg_1","object":"chat.completion","created":{{AnthropicCase.Now}},"model":"claude-opus-4-6","choices":[{"index":0,
              "message":{"role":"assistant","content":"Let me look.","refusal":null,"reasoning_content":"Hm.","tool_calls":[
                {"id":"toolu_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Zürich\"}"} },
                {"id":"toolu_2","type":"function","function":{"name":"now","arguments":"{}"} }]},
              "logprobs":null,"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":60,"completion_tokens":40,"total_tokens":100,
               "prompt_tokens_details":{"cached_tokens":30,"cache_write_tokens":20},"completion_tokens_details":{"reasoning_tokens":15} } }
            """, completion);
        Assert.Equal(new TokenUsage(10, 30, 20, 25, 15), answer.Usage);
    }

    [Fact]
    public void Answer_WithToolCallsOnly_HasNullContent()
    {
        var completion = AnthropicCase.Answer("""
            {"content":[{"type":"tool_use","id":"t","name":"f","input":{}}],"stop_reason":"tool_use"}
            """, out var answer);

        var message = completion["choices"]![0]!["message"]!.AsObject();
        Assert.True(message.ContainsKey("content"));
        Assert.Null(message["content"]);
        Assert.Null(answer.Usage);
    }

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("pause_turn", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("refusal", "content_filter")]
    [InlineData("something_new", "stop")]
    public void StopReason_Each_HasItsFinishReason(string stopReason, string expected)
    {
        var completion = AnthropicCase.Answer($$"""{"content":[],"stop_reason":"{{stopReason}}"}""", out _);

        Assert.Equal(expected, (string?)completion["choices"]![0]!["finish_reason"]);
        Assert.Equal("", (string?)completion["choices"]![0]!["message"]!["content"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>busy</html>")]
    [InlineData("""{"content":[{"type":"text","text":"half""")]
    [InlineData("""{"type":"error","error":{"type":"api_error","message":"x"}}""")]
    [InlineData("""{"content":"text"}""")]
    [InlineData("[]")]
    [InlineData("""{"content":[{"type":"text","text":"\ud800"}]}""")]
    public void Answer_ThatIsNone_IsInvalidAndWritesNothing(string body)
    {
        var output = new ArrayBufferWriter<byte>();

        var answer = AnthropicCase.Adapter.ReadAnswer(AnthropicCase.Ask(""), Encoding.UTF8.GetBytes(body), output);

        Assert.Equal((AnswerValidity.Invalid, 0), (answer.Validity, output.WrittenCount));
    }
}

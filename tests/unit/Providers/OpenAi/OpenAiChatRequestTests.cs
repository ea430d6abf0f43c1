using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Providers.OpenAi;

/// <summary>A conversation of another dialect as a request of Chat Completions; here it comes from Chat Completions, so that both can be compared.</summary>
public sealed class OpenAiChatRequestTests
{
    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","name":"ann","content":"x"}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"https://h/i.png","detail":"high"}},{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}},{"type":"file","file":{"file_id":"file-1"}}]}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c","content":"42"}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"max_completion_tokens":9,"temperature":0.5,"top_p":0.9,"frequency_penalty":1,"presence_penalty":-1,"seed":4,"stop":["a","b"]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}}],"tool_choice":"required","parallel_tool_calls":false}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"f"}}}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}}}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"reasoning_effort":"low","n":2,"logit_bias":{"1":2},"metadata":{"a":"b"},"store":true,"service_tier":"flex","verbosity":"low","user":"u"}""")]
    public void Write_WhatChatCompletionsHas_ComesOutAsItWentIn(string body)
    {
        var (sent, notes) = Write(body);

        Assert.Null(notes.ToHeader());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(body), sent), sent.ToJsonString());
    }

    [Fact]
    public void Write_AStream_AlwaysAsksForUsage()
    {
        var (sent, _) = Write("""{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}""");

        Assert.True((bool)sent["stream"]!);
        Assert.True((bool)sent["stream_options"]!["include_usage"]!);
    }

    [Fact]
    public void Write_FieldsThatOpenAiLacks_AreDroppedWithANote()
    {
        var (sent, notes) = Write("""{"model":"m","messages":[{"role":"user","content":"x"}],"top_k":4,"x_new":1,"thinking":{"type":"enabled","budget_tokens":4096}}""");

        Assert.Equal("top_k: dropped; x_new: dropped; thinking: dropped", notes.ToHeader());
        Assert.Equal(["model", "messages"], sent.AsObject().Select(member => member.Key));
    }

    [Theory]
    [InlineData(1024, "low")]
    [InlineData(4096, "medium")]
    [InlineData(32_000, "high")]
    public void Write_AThinkingBudgetForAModelThatReasons_IsAnEffort(int budget, string effort)
    {
        var (sent, _) = Write($$$"""{"model":"gpt-5","messages":[{"role":"user","content":"x"}],"thinking":{"type":"enabled","budget_tokens":{{{budget}}}}}""", "gpt-5");

        Assert.Equal(effort, (string?)sent["reasoning_effort"]);
    }

    [Fact]
    public void Write_ThoughtsOfEarlierTurns_AreLeftOut()
    {
        var (sent, _) = Write("""{"model":"m","messages":[{"role":"assistant","content":"a","reasoning_content":"secret"},{"role":"user","content":"x"}]}""");

        Assert.DoesNotContain("secret", sent.ToJsonString(), StringComparison.Ordinal);
    }

    private static (JsonNode Sent, TranslationNotes Notes) Write(string body, string model = "m")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.Null(RequestScanner.Scan(bytes, InferenceOperation.ChatCompletions, new(), new ModelNames(), out var request));
        var target = new UpstreamTarget(new ProviderDefinition { Name = "p", Type = "openai" }, new ModelDefinition { Id = "*" }, model, new Uri("https://h/v1/"), null);
        var output = new ArrayBufferWriter<byte>();
        var notes = new TranslationNotes();
        Refusal? refusal = OpenAiChatRequest.Write(target, OpenAiDialect.Presets[0], request!, output, notes);
        Assert.Null(refusal);
        var sent = JsonNode.Parse(output.WrittenSpan)!;
        Assert.Empty(SentRequest.Faults(new Uri("https://api.openai.com/v1/chat/completions"), sent.AsObject()));
        return (sent, notes);
    }
}

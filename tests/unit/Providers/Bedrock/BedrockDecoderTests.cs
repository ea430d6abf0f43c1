using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

/// <summary>Events of ConverseStream one by one; whole streams are in the recordings.</summary>
public sealed class BedrockDecoderTests
{
    private const string Start = """{"role":"assistant","p":"abc"}""";
    private const string Usage = """{"usage":{"inputTokens":10,"outputTokens":4,"cacheReadInputTokens":5,"cacheWriteInputTokens":2,"totalTokens":21},"metrics":{"latencyMs":1}}""";
    private const string Format = """ "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}""";

    [Fact]
    public void Text_IsCopiedAsItStands()
    {
        var chunks = Play(out var translator, "", ("messageStart", Start), Delta(0, """ "text":"a\u00e9\n\ud83d" """), Stop(), ("metadata", Usage));

        Assert.Contains("""{"content":"a\u00e9\n\ud83d"}""", chunks[1], StringComparison.Ordinal);
        Assert.Equal(new TokenUsage(10, 5, 2, 4, 0), translator.Usage);
        BedrockCase.AssertJson("17", JsonNode.Parse(chunks[^1])!["usage"]!["prompt_tokens"]);
    }

    [Fact]
    public void Calls_InParallel_KeepTheirPieces()
    {
        var chunks = Play(
            out _,
            "",
            ("messageStart", Start),
            Call(1, "t1", "f"),
            Call(2, "t2", "g"),
            Delta(1, """ "toolUse":{"input":"{\"a\":"}"""),
            Delta(2, """ "toolUse":{"input":""}"""),
            Delta(1, """ "toolUse":{"input":"1}"}"""),
            ("contentBlockStop", """{"contentBlockIndex":1}"""),
            ("contentBlockStop", """{"contentBlockIndex":2}"""),
            Stop("tool_use"),
            ("metadata", Usage));

        var deltas = chunks.Select(static chunk => JsonNode.Parse(chunk)!["choices"]?.AsArray().FirstOrDefault()?["delta"]?["tool_calls"]?[0]).OfType<JsonNode>().ToList();
        Assert.Equal(["0:t1", "1:t2"], deltas.Where(static d => d["id"] is not null).Select(static d => $"{d["index"]}:{d["id"]}"));
        Assert.Equal(["""{"a":1}""", "{}"], deltas.GroupBy(static d => (int)d["index"]!).Select(static call => string.Concat(call.Select(static d => (string?)d["function"]!["arguments"]))));
        Assert.Equal("tool_calls", (string?)JsonNode.Parse(chunks[^2])!["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public void Blocks_OfServerToolsCitationsAndWhatIsNew_PassUnseen()
    {
        var chunks = Play(
            out _,
            "",
            ("messageStart", Start),
            ("contentBlockStart", """{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"s","name":"nova_grounding","type":"server_tool_use"}}}"""),
            Delta(0, """ "toolUse":{"input":"{}"}"""),
            ("contentBlockStop", """{"contentBlockIndex":0}"""),
            ("contentBlockStart", """{"contentBlockIndex":1,"start":{"toolResult":{"toolUseId":"s"}}}"""),
            Delta(1, """ "toolResult":[{"text":"r"}]"""),
            Delta(2, """ "citation":{"title":"t"}"""),
            ("contentBlockNews", "{}"),
            ("heartbeat", "{}"),
            Delta(2, """ "text":"a" """),
            Stop(),
            ("metadata", Usage));

        Assert.Equal(4, chunks.Count);
        Assert.DoesNotContain(chunks, static chunk => chunk.Contains("tool_calls", StringComparison.Ordinal));
    }

    [Fact]
    public void AnswerTool_OfASchema_IsText()
    {
        var chunks = Play(
            out _,
            Format,
            ("messageStart", Start),
            Call(0, "t", "gateway_json_answer"),
            Delta(0, """ "toolUse":{"input":"{\"a\":1}"}"""),
            ("contentBlockStop", """{"contentBlockIndex":0}"""),
            Stop("tool_use"),
            ("metadata", Usage));

        Assert.Contains("""{"content":"{\"a\":1}"}""", chunks[1], StringComparison.Ordinal);
        Assert.Equal("stop", (string?)JsonNode.Parse(chunks[2])!["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("throttlingException", AttemptOutcome.RateLimited, 429)]
    [InlineData("modelStreamErrorException", AttemptOutcome.ServerError, 502)]
    [InlineData("internalServerException", AttemptOutcome.ServerError, 502)]
    [InlineData("serviceUnavailableException", AttemptOutcome.ServerError, 503)]
    [InlineData("validationException", AttemptOutcome.Rejected, 400)]
    [InlineData("InternalFailure", AttemptOutcome.ServerError, 502)]
    [InlineData("somethingNewException", AttemptOutcome.ServerError, 502)]
    public void Exception_InTheStream_IsToldAndNeverAnEnd(string name, AttemptOutcome outcome, int status)
    {
        var translator = BedrockCase.Adapter.CreateStream(BedrockCase.Ask());
        var output = new ArrayBufferWriter<byte>();
        Send(translator, output, ("messageStart", Start));
        Send(translator, output, Delta(0, """ "text":"a" """));

        Assert.Equal(StreamSignal.Failed, Send(translator, output, ("exception:" + name, """{"message":"m"}""")));
        Assert.Equal((outcome, status), (translator.Error!.Value.Outcome, translator.Error.Value.Refusal.Status));
        Assert.False(translator.Complete(output));
    }

    [Theory]
    [InlineData("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"a"}}""")]
    [InlineData("messageStop", """{"stopReason":"end_turn"}""")]
    [InlineData("metadata", Usage)]
    [InlineData("messageStart", "not json")]
    [InlineData("messageStart", "{}{}")]
    [InlineData("messageStart", "[]")]
    public void Event_OutOfOrderOrBroken_IsMalformed(string name, string data) =>
        Assert.Equal(StreamSignal.Malformed, Send(BedrockCase.Adapter.CreateStream(BedrockCase.Ask()), new ArrayBufferWriter<byte>(), (name, data)));

    [Fact]
    public void Event_WithBytesThatAreNoUtf8_IsMalformed() => Assert.Equal(
        StreamSignal.Malformed,
        BedrockCase.Adapter.CreateStream(BedrockCase.Ask()).Translate("messageStart"u8, [.. "{\"role\":\""u8, 0xff, .. "\"}"u8], new ArrayBufferWriter<byte>()));

    [Fact]
    public void Event_AfterTheStop_IsMalformed()
    {
        var translator = BedrockCase.Adapter.CreateStream(BedrockCase.Ask());
        var output = new ArrayBufferWriter<byte>();
        Send(translator, output, ("messageStart", Start));
        Send(translator, output, Stop());

        Assert.Equal(StreamSignal.Malformed, Send(translator, output, Delta(0, """ "text":"a" """)));
    }

    [Theory]
    [InlineData("malformed_tool_use")]
    [InlineData("malformed_model_output")]
    public void Stop_OfABrokenAnswer_IsAFailure(string told)
    {
        var translator = BedrockCase.Adapter.CreateStream(BedrockCase.Ask());
        var output = new ArrayBufferWriter<byte>();
        Send(translator, output, ("messageStart", Start));

        Assert.Equal(StreamSignal.Failed, Send(translator, output, Stop(told)));
        Assert.False(translator.Complete(output));
    }

    [Fact]
    public void Stream_ThatClosesAfterItsStop_IsWhole()
    {
        var translator = BedrockCase.Adapter.CreateStream(BedrockCase.Ask());
        var output = new ArrayBufferWriter<byte>();
        Send(translator, output, ("messageStart", Start));
        Assert.False(translator.Complete(output));
        Send(translator, output, Stop());

        Assert.True(translator.Complete(output));
    }

    private static (string Name, string Data) Delta(int index, string delta) => ("contentBlockDelta", $$"""{"contentBlockIndex":{{index}},"delta":{ {{delta}} },"p":"ab"}""");

    private static (string Name, string Data) Call(int index, string id, string name) =>
        ("contentBlockStart", $$$"""{"contentBlockIndex":{{{index}}},"start":{"toolUse":{"toolUseId":"{{{id}}}","name":"{{{name}}}","type":"tool_use"} }}""");

    private static (string Name, string Data) Stop(string reason = "end_turn") => ("messageStop", $$"""{"stopReason":"{{reason}}","additionalModelResponseFields":null}""");

    private static List<string> Play(out StreamTranslator translator, string members, params ReadOnlySpan<(string Name, string Data)> events)
    {
        members = members.Length == 0 ? "" : "," + members;
        translator = BedrockCase.Adapter.CreateStream(BedrockCase.Ask("\"stream\":true,\"stream_options\":{\"include_usage\":true}" + members));
        var output = new ArrayBufferWriter<byte>();
        foreach (var one in events)
        {
            Send(translator, output, one);
        }

        return [.. Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static frame => frame["data: ".Length..])];
    }

    private static StreamSignal Send(StreamTranslator translator, ArrayBufferWriter<byte> output, (string Name, string Data) one) =>
        translator.Translate(Encoding.UTF8.GetBytes(one.Name), Encoding.UTF8.GetBytes(one.Data), output);
}

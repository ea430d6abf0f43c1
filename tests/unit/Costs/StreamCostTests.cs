using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Unit.Costs;

/// <summary>What a stream cost is told in the event that tells its usage.</summary>
public sealed class StreamCostTests
{
    private const string Text = """{"id":"c1","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}""";
    private const string Finish = """{"id":"c1","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string Usage = """{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}""";

    // 11 tokens at 2.50 and 7 at 10 dollars a million.
    private static readonly ModelDefinition Priced = new() { Id = "m", InputCostPerMillion = 2.5m, OutputCostPerMillion = 10m };
    private static readonly ModelDefinition Free = new() { Id = "m" };

    [Theory]
    [InlineData("""{"id":"c1","choices":[],"usage":@}""", """{"id":"c1","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"cost_usd":0.0000975}}""")]
    [InlineData("""{"id":"c1","usage":@ , "choices":[]}""", """{"id":"c1","usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"cost_usd":0.0000975} , "choices":[]}""")]
    public void UsageEvent_OfAPricedModel_IsPatchedInPlace(string usage, string expected)
    {
        var output = Run(new OpenAiStream(Request(includeUsage: true)) { Entry = Priced }, Text, Finish, usage.Replace("@", Usage, StringComparison.Ordinal));

        Assert.Equal($"data: {Text}\n\ndata: {Finish}\n\ndata: {expected}\n\n", output);
    }

    [Fact]
    public void UsageEvent_WithoutAPrice_IsCopied()
    {
        var alone = $$"""{"choices":[],"usage":{{Usage}}}""";

        Assert.EndsWith($"data: {alone}\n\n", Run(new OpenAiStream(Request(includeUsage: true)) { Entry = Free }, Text, Finish, alone), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"choices":[],"usage":{}}""", """{"choices":[],"usage":{"cost_usd":0}}""")]
    [InlineData("""{"choices":[],"usage":{ }}""", """{"choices":[],"usage":{ "cost_usd":0}}""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":1,"cost_usd":5}}""", """{"choices":[],"usage":{"prompt_tokens":1,"cost_usd":5}}""")]
    public void UsageEvent_OfOddForm_StaysOneObjectWithEachNameOnce(string alone, string expected)
    {
        Assert.EndsWith($"data: {expected}\n\n", Run(new OpenAiStream(Request(includeUsage: true)) { Entry = Priced }, Text, Finish, alone), StringComparison.Ordinal);
    }

    [Fact]
    public void Usage_ToldWithTheFinish_HasItsCostInTheEventOfItsOwn()
    {
        var finish = $$"""{"id":"c1","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{{Usage}}}""";

        var events = Events(Run(new OpenAiStream(Request(includeUsage: true)) { Entry = Priced }, Text, finish, "[DONE]"));

        Assert.Equal(0.0000975m, (decimal?)events[^1]["usage"]!["cost_usd"]);
        Assert.All(events.SkipLast(1), chunk => Assert.Null(chunk["usage"]));
    }

    [Fact]
    public void Cost_NobodyAskedFor_IsHiddenWithTheUsage()
    {
        var output = Run(new OpenAiStream(Request(includeUsage: false)) { Entry = Priced }, Text, Finish, $$"""{"choices":[],"usage":{{Usage}}}""", "[DONE]");

        Assert.DoesNotContain("cost_usd", output, StringComparison.Ordinal);
    }

    [Fact]
    public void TranslatedStream_OfAPricedModel_TellsItsCost()
    {
        string[] upstream =
        [
            """{"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":11,"output_tokens":1}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}""",
            """{"type":"message_stop"}""",
        ];
        var stream = new AnthropicAdapter(TimeProvider.System).CreateStream(Request(includeUsage: true));
        stream.Entry = Priced;

        Assert.Equal(0.0000975m, (decimal?)Events(Run(stream, upstream))[^1]["usage"]!["cost_usd"]);
    }

    [Fact]
    public void StreamOfTheHub_OfAPricedModel_TellsItsCost()
    {
        var request = Request(includeUsage: true);
        var stream = new OpenAiDecoder(new ChatAnswerStream(request, DateTimeOffset.UnixEpoch)) { Entry = Priced };

        var events = Events(Run(stream, Text, Finish, $$"""{"choices":[],"usage":{{Usage}}}""", "[DONE]"));

        Assert.Equal(0.0000975m, (decimal?)events[^1]["usage"]!["cost_usd"]);
    }

    [Fact]
    public void StreamForAnthropicsClients_OfAPricedModel_TellsItsCost()
    {
        var request = Request(includeUsage: false, InferenceOperation.Messages);
        var stream = new OpenAiDecoder(request.Dialect.CreateStream(request, DateTimeOffset.UnixEpoch)) { Entry = Priced };

        var delta = Events(Run(stream, Text, Finish, $$"""{"choices":[],"usage":{{Usage}}}""", "[DONE]")).Single(e => (string?)e["type"] == "message_delta");

        Assert.Equal(0.0000975m, (decimal?)delta["usage"]!["cost_usd"]);
    }

    [Fact]
    public void StreamOfResponses_OfAPricedModel_TellsItsCost()
    {
        var request = Request(includeUsage: false, InferenceOperation.Responses);
        var stream = new OpenAiDecoder(request.Dialect.CreateStream(request, DateTimeOffset.UnixEpoch)) { Entry = Priced };

        var completed = Events(Run(stream, Text, Finish, $$"""{"choices":[],"usage":{{Usage}}}""", "[DONE]"))[^1];

        Assert.Equal(0.0000975m, (decimal?)completed["response"]!["usage"]!["cost_usd"]);
    }

    [Fact]
    public void CopiedStreamOfAnthropic_OfAPricedModel_IsPatchedInItsDelta()
    {
        const string Delta = """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}""";

        var output = Run(
            new AnthropicCopy { Entry = Priced },
            """{"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":11,"output_tokens":1}}}""",
            Delta);

        Assert.EndsWith("data: " + Delta.Replace("7}}", "7,\"cost_usd\":0.0000975}}", StringComparison.Ordinal) + "\n\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void CopiedStreamOfResponses_OfAPricedModel_IsPatchedInItsEnd()
    {
        const string Completed = """{"type":"response.completed","sequence_number":3,"response":{"id":"r","output":[{"usage":{}}],"usage":{"input_tokens":11,"output_tokens":7},"status":"completed"}}""";

        var output = Run(new ResponsesCopy(Request(includeUsage: false, InferenceOperation.Responses)) { Entry = Priced }, Completed);

        Assert.Equal($"event: response.completed\ndata: {Completed.Replace(":7}", ":7,\"cost_usd\":0.0000975}", StringComparison.Ordinal)}\n\n", output);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(2.5, null, "0.0000275")]
    [InlineData(null, 10.0, "0.00007")]
    [InlineData(0.0, 0.0, "0")]
    public void Dollars_AreWrittenWithoutZerosAtTheirEnd(double? input, double? output, string? expected)
    {
        var entry = new ModelDefinition { Id = "m", InputCostPerMillion = (decimal?)input, OutputCostPerMillion = (decimal?)output };

        Assert.Equal(expected, AnswerCost.DollarsOf(entry, new TokenUsage(11, 0, 0, 7, 0))?.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Run(StreamTranslator stream, params string[] events)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var data in events)
        {
            stream.Translate(default, Encoding.UTF8.GetBytes(data), output);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static List<JsonNode> Events(string output) =>
        [.. output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => JsonNode.Parse(e[(e.IndexOf("data: ", StringComparison.Ordinal) + 6)..])!)];

    private static InferenceRequest Request(bool includeUsage, InferenceOperation operation = InferenceOperation.ChatCompletions) => new()
    {
        Operation = operation,
        Dialect = ClientDialects.Of(operation),
        Body = "{}"u8.ToArray(),
        Model = "m",
        ModelToken = default,
        Stream = true,
        IncludeUsage = includeUsage,
    };
}

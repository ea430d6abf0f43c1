using System.Text;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Pipeline;

public sealed class RequestScannerTests
{
    private static readonly InputLimitOptions Limits = new() { MaxMessages = 3 };

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{\"model\":\"m\"")]
    [InlineData("{\"model\":\"m\",}")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]} x")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}{}")]
    [InlineData("{'model':'m'}")]
    [InlineData("{\"model\":\"\\ud800\",\"messages\":[{}]}")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\",\"messages\":[{}]}")]
    [InlineData("{\"model\":\"a\",\"mod\\u0065l\":\"b\",\"messages\":[{}]}")]
    [InlineData("{\"mod\\u0065l\":\"b\",\"messages\":[{}]}")]
    [InlineData("{\"x\":1,\"\\u0078\":2,\"model\":\"b\",\"messages\":[{}]}")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"stream_options\":{\"include_usage\":true,\"include_usage\":false}}")]
    public void Scan_OfWhatIsNotOneJsonObject_IsInvalidJson(string body)
    {
        Assert.Equal((400, "invalid_json"), Told(Refuse(body)));
    }

    [Fact]
    public void Scan_OfBytesThatAreNotUtf8_IsInvalidJson()
    {
        byte[] body = [.. "{\"model\":\"m\",\"messages\":[{\"content\":\""u8, 0xC3, 0x28, .. "\"}]}"u8];

        Assert.Equal((400, "invalid_json"), Told(Scan(body, InferenceOperation.ChatCompletions, out _)));
    }

    [Theory]
    [InlineData("""{"type":"create"}""", "thread_unsupported_request")]
    [InlineData("""{"type":"continue","previous_message_id":"msg_1"}""", "thread_unsupported_request")]
    [InlineData("null", null)]
    public void Thread_ThatAProviderWouldKeep_IsRefused(string thread, string? code)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[{}],"thread":{{thread}}}""");

        Assert.Equal(code, Scan(body, InferenceOperation.Messages, out _)?.Code);
        Assert.Equal(code, Scan(body, InferenceOperation.CountTokens, out _)?.Code);
        Assert.Null(Scan(body, InferenceOperation.ChatCompletions, out _));
    }

    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    [InlineData(100_000, true)]
    public void Scan_OfNestedJson_IsRefusedBeyondTheLimit(int depth, bool refused)
    {
        // The request and the member itself are two levels.
        var nested = new string('[', depth - 1) + new string(']', depth - 1);
        var refusal = Scan($"{{\"model\":\"m\",\"messages\":[{{}}],\"x\":{nested}}}", out _);

        Assert.Equal(refused ? "invalid_json" : null, refusal?.Code);
    }

    [Fact]
    public void Scan_OfManyMembers_FindsTheOneThatComesTwice()
    {
        var members = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"x{i}\":{i}"));

        Assert.Null(Scan($"{{\"model\":\"m\",\"messages\":[{{}}],{members}}}", out _));
        Assert.Equal("invalid_json", Refuse($"{{\"model\":\"m\",\"messages\":[{{}}],{members},\"x7\":0}}").Code);
    }

    [Theory]
    [InlineData("{\"messages\":[{}]}", "missing_field", "model")]
    [InlineData("{\"model\":\"m\"}", "missing_field", "messages")]
    [InlineData("{\"model\":1,\"messages\":[{}]}", "invalid_value", "model")]
    [InlineData("{\"model\":\"\",\"messages\":[{}]}", "invalid_value", "model")]
    [InlineData("{\"model\":\"a\\u0000b\",\"messages\":[{}]}", "invalid_value", "model")]
    [InlineData("{\"model\":\"a\\r\\nb\",\"messages\":[{}]}", "invalid_value", "model")]
    [InlineData("{\"model\":\"m\",\"messages\":\"hi\"}", "invalid_value", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[]}", "invalid_value", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{},1]}", "invalid_value", "messages[1]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{},{},{},{}]}", "invalid_value", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"stream\":1}", "invalid_value", "stream")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"n\":0}", "invalid_value", "n")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"n\":9}", "invalid_value", "n")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"n\":1.5}", "invalid_value", "n")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"max_tokens\":-1}", "invalid_value", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"max_completion_tokens\":\"9\"}", "invalid_value", "max_completion_tokens")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"stream_options\":7}", "invalid_value", "stream_options")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"stream_options\":{\"include_usage\":\"yes\"}}", "invalid_value", "stream_options.include_usage")]
    public void Scan_OfAWrongField_NamesIt(string body, string code, string param)
    {
        var refusal = Refuse(body);

        Assert.Equal((400, code, param), (refusal.Status, refusal.Code, refusal.Param));
    }

    [Fact]
    public void Scan_OfAWrongValueInABrokenBody_SaysThatTheBodyIsBroken()
    {
        Assert.Equal("invalid_json", Refuse("{\"model\":1,\"messages\":[[[{\"a\":}]]]}").Code);
    }

    [Theory]
    [InlineData(InferenceOperation.Completions, "prompt")]
    [InlineData(InferenceOperation.Embeddings, "input")]
    internal void Scan_OfAnotherRoute_AsksForItsOwnField(InferenceOperation operation, string field)
    {
        var missing = Scan("{\"model\":\"m\",\"messages\":[{}]}"u8.ToArray(), operation, out _);
        var found = Scan(Encoding.UTF8.GetBytes($"{{\"model\":\"m\",\"{field}\":[\"a\"]}}"), operation, out var request);

        Assert.Equal(("missing_field", field), (missing!.Code, missing.Param));
        Assert.Null(found);
        Assert.Equal(operation, request!.Operation);
    }

    [Fact]
    public void Scan_OfAFullRequest_FindsWhatThePipelineNeeds()
    {
        const string Body =
            """ {"messages":[{"role":"user","content":[{"type":"text","text":"image_url"},{"type":"image_url","image_url":{"url":"x"}}]}], "tools":[{"type":"function"}],"model" : "gp\u0074-4o","stream":true,"n":2,"max_tokens":5,"max_completion_tokens":7,"response_format":{"type":"json_schema","json_schema":{}},"stream_options":{"include_usage":true}} """;

        Assert.Null(Scan(Body, out var request));

        Assert.Equal("gpt-4o", request!.Model);
        Assert.Equal("\"gp\\u0074-4o\"", Encoding.UTF8.GetString(request.Body.Span[request.ModelToken]));
        Assert.Equal("{\"include_usage\":true}", Encoding.UTF8.GetString(request.Body.Span[request.StreamOptionsToken]));
        Assert.Equal((byte)'}', request.Body.Span[request.ClosingBrace]);
        Assert.Equal((true, true, 2, 7), (request.Stream, request.IncludeUsage, request.Choices, request.MaxOutputTokens));
        Assert.Equal(
            ModelCapabilities.Chat | ModelCapabilities.Tools | ModelCapabilities.Vision | ModelCapabilities.Json | ModelCapabilities.Streaming,
            request.Required);
    }

    // What bounds no answer must not make one cheap that is reserved for.
    [Theory]
    [InlineData(InferenceOperation.ChatCompletions, "max_output_tokens", 0)]
    [InlineData(InferenceOperation.ChatCompletions, "max_tokens", 1)]
    [InlineData(InferenceOperation.ChatCompletions, "max_completion_tokens", 1)]
    [InlineData(InferenceOperation.Completions, "max_tokens", 1)]
    [InlineData(InferenceOperation.Completions, "max_completion_tokens", 0)]
    [InlineData(InferenceOperation.Messages, "max_tokens", 1)]
    [InlineData(InferenceOperation.Messages, "max_completion_tokens", 0)]
    [InlineData(InferenceOperation.Messages, "max_output_tokens", 0)]
    [InlineData(InferenceOperation.Responses, "max_output_tokens", 1)]
    [InlineData(InferenceOperation.Responses, "max_tokens", 0)]
    [InlineData(InferenceOperation.Responses, "max_completion_tokens", 0)]
    internal void Scan_OfALimitOfTheAnswer_TakesThatOfItsRouteAlone(InferenceOperation operation, string field, int limit)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"model\":\"m\",\"messages\":[{{}}],\"input\":\"x\",\"prompt\":\"x\",\"{field}\":1}}");

        Assert.Null(Scan(body, operation, out var request));
        Assert.Equal(limit, request!.MaxOutputTokens);
    }

    [Theory]
    [InlineData("\"tools\":[]")]
    [InlineData("\"tools\":null")]
    [InlineData("\"response_format\":{\"type\":\"text\"}")]
    [InlineData("\"stream\":null,\"n\":null,\"max_tokens\":null,\"stream_options\":null")]
    [InlineData("\"metadata\":{\"type\":\"image_url\"}")]
    public void Scan_OfFieldsThatAskForNothing_NeedsChatAlone(string members)
    {
        Assert.Null(Scan($"{{\"model\":\"m\",\"messages\":[{{\"content\":\"image_url\"}}],{members}}}", out var request));

        Assert.Equal(ModelCapabilities.Chat, request!.Required);
        Assert.Equal((false, 1, 0), (request.Stream, request.Choices, request.MaxOutputTokens));
    }

    private static (int, string?) Told(Refusal? refusal) => (refusal!.Status, refusal.Code);

    private static Refusal Refuse(string body)
    {
        var refusal = Scan(body, out var request);
        Assert.NotNull(refusal);
        Assert.Null(request);
        return refusal;
    }

    private static Refusal? Scan(string body, out InferenceRequest? request) =>
        Scan(Encoding.UTF8.GetBytes(body), InferenceOperation.ChatCompletions, out request);

    private static Refusal? Scan(byte[] body, InferenceOperation operation, out InferenceRequest? request) =>
        RequestScanner.Scan(body, operation, Limits, new ModelNames(), out request);
}

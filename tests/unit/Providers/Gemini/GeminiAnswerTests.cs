using System.Buffers;
using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

public sealed class GeminiAnswerTests
{
    [Fact]
    public void Answer_WithEverything_IsOneCompletion()
    {
        var answer = GeminiCase.Answer(
            """
            {"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true},{"text":"A"},{"executableCode":{"code":"1"}},{"text":"B","thoughtSignature":"eA=="},
              {"functionCall":{"id":"fc-1","name":"f","args":{"n":9007199254740993}},"thoughtSignature":"c2ln"},{"functionCall":{"name":"g"}}]},"finishReason":"STOP"}],
             "usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":4,"thoughtsTokenCount":2,"cachedContentTokenCount":3},"modelVersion":"gemini-3-pro","responseId":"r-1"}
            """,
            out var whole);

        Assert.Equal(new TokenUsage(7, 3, 0, 4, 2), whole.Usage);
        GeminiCase.AssertJson("""
            {"role":"assistant","content":"AB","refusal":null,"reasoning_content":"Hm.","tool_calls":[
              {"id":"fc-1","type":"function","function":{"name":"f","arguments":"{\"n\":9007199254740993}"},"extra_content":{"google":{"thought_signature":"c2ln"}}},
              {"id":"call_r-1_1","type":"function","function":{"name":"g","arguments":"{}"}}]}
            """, answer["choices"]![0]!["message"]);
        Assert.Equal(("r-1", "gemini-3-pro", "tool_calls"), ((string?)answer["id"], (string?)answer["model"], (string?)answer["choices"]![0]!["finish_reason"]));
    }

    [Fact]
    public void Signature_ForDialectsWithSignedThoughts_IsMarkedAsGeminis()
    {
        var answer = GeminiAnswerReader.Read("""{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"},"thoughtSignature":"c2ln"}]}}]}"""u8.ToArray());

        Assert.Equal(("gemini:c2ln", "c2ln"), (answer?.ReasoningSignature, answer?.Calls[0].Signature));
        Assert.True(GeminiSignature.TryFromReasoning(answer!.ReasoningSignature, out var signature));
        Assert.Equal("c2ln", signature);
        Assert.False(GeminiSignature.TryFromReasoning("EqQBCkgIBRABGAIiQ", out _));

        var output = new ArrayBufferWriter<byte>();
        GeminiSignature.WriteReasoning("\"c2ln\""u8, output);
        Assert.Equal("\"gemini:c2ln\"", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("an id that holds spaces")]
    [InlineData("0123456789012345678901234567890")]
    public void CallIds_WithoutAUsableAnswersId_AreUniqueAndShort(string? responseId)
    {
        var first = GeminiCallIds.Make(GeminiCallIds.PrefixOf(responseId), 0);
        var second = GeminiCallIds.Make(GeminiCallIds.PrefixOf(responseId), 0);

        Assert.NotEqual(first, second);
        Assert.InRange(first.Length, 10, 40);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"candidates":[]}""")]
    [InlineData("""{"candidates":[{"index":0}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"\ud83d"}]}}]}""")]
    [InlineData("""{"error":{"code":500}}""")]
    [InlineData("<html>")]
    [InlineData("""{"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"Malformed function call: print(x)"}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"A"}]},"finishReason":"UNEXPECTED_TOOL_CALL"}]}""")]
    public void Body_ThatIsNoAnswer_IsInvalid(string body)
    {
        var output = new ArrayBufferWriter<byte>();

        var answer = GeminiCase.Adapter.ReadAnswer(GeminiCase.Ask(""), Encoding.UTF8.GetBytes(body), output);

        Assert.Equal(AnswerValidity.Invalid, answer.Validity);
        Assert.Equal(0, output.WrittenCount);
    }
}

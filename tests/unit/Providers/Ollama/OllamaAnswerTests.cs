using System.Buffers;
using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Ollama;

public sealed class OllamaAnswerTests
{
    private const string Text = """{"model":"qwen3:8b","message":{"role":"assistant","content":"Hi"},"done":false}""";
    private const string Done = """{"model":"qwen3:8b","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":5,"prompt_eval_cached_count":3,"eval_count":2}""";

    private static readonly ProviderCase Ollama = OllamaCase.Provider;

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("""{"error":"with status 200"}""")]
    [InlineData("""{"model":"m","message":{"content":"Half"},"done":false}""")]
    [InlineData("""{"model":"m","done":true}""")]
    [InlineData("""{"model":"m","message":{"content":"\ud800"},"done":true}""")]
    public void Body_ThatIsNoAnswer_IsInvalid(string body)
    {
        var (answer, shown) = Ollama.Read(Ollama.Chat(""), body);

        Assert.Equal(AnswerValidity.Invalid, answer.Validity);
        Assert.Null(shown);
    }

    [Fact]
    public void Calls_WithoutIds_GetDifferentOnes()
    {
        var (answer, shown) = Ollama.Read(Ollama.Chat(""), """
            {"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a": 1}}},{"function":{"name":"g"}}]},"done":true,"done_reason":"stop"}
            """);

        var calls = shown!["choices"]![0]!["message"]!["tool_calls"]!.AsArray();
        Assert.Equal(AnswerValidity.Translated, answer.Validity);
        Assert.Null(answer.Usage);
        Assert.Equal("tool_calls", (string?)shown["choices"]![0]!["finish_reason"]);
        Assert.Equal(2, calls.Select(static call => (string?)call!["id"]).Distinct().Count(static id => id!.StartsWith("call_", StringComparison.Ordinal)));
        Assert.Equal(["{\"a\": 1}", "{}"], calls.Select(static call => (string?)call!["function"]!["arguments"]));
    }

    [Fact]
    public void Stream_OfText_SignalsContentAndCountsEachTokenOnce()
    {
        var (signals, shown, translator) = Ollama.Play(Text, Done);

        Assert.Equal([StreamSignal.Content, StreamSignal.Content], signals);
        Assert.Contains("\"model\":\"qwen3:8b\"", shown, StringComparison.Ordinal);
        Assert.Equal(new TokenUsage(2, 3, 0, 2, 0), translator.Usage);
        Assert.True(translator.Complete(new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Stream_ThatClosesBeforeDone_IsCut() =>
        Assert.False(Ollama.Play(Text).Translator.Complete(new ArrayBufferWriter<byte>()));

    [Fact]
    public void Line_WithAnError_FailsTheStream()
    {
        var (signals, _, translator) = Ollama.Play(Text, """{"error":"CUDA error at 10.0.0.7:80"}""");

        Assert.Equal(StreamSignal.Failed, signals[^1]);
        Assert.Equal((AttemptOutcome.ServerError, "upstream_failed", true), (translator.Error!.Value.Outcome, translator.Error.Value.Refusal.Code, translator.Error.Value.TryAnother));
        Assert.False(translator.Complete(new ArrayBufferWriter<byte>()));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("data: {}")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    public void Line_ThatMakesNoSense_IsMalformed(string data)
    {
        var (signals, _, translator) = Ollama.Play(Text, data);

        Assert.Equal(StreamSignal.Malformed, signals[^1]);
        Assert.False(translator.Complete(new ArrayBufferWriter<byte>()));
    }

    [Theory]
    [InlineData(400, """{"error":"input length exceeds the context length"}""", 400, "context_length_exceeded", false)]
    [InlineData(400, """{"error":"\"m\" does not support tools"}""", 400, "upstream_rejected", false)]
    [InlineData(404, """{"error":"model 'm' not found"}""", 404, "model_not_found", true)]
    [InlineData(503, """{"error":"server busy"}""", 503, "upstream_overloaded", true)]
    [InlineData(500, "", 502, "upstream_failed", true)]
    public void Error_OfOllama_IsReadByItsStatus(int status, string body, int shown, string code, bool another)
    {
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status);

        var error = Ollama.Adapter.ReadError(status, response.Headers, Encoding.UTF8.GetBytes(body));

        Assert.Equal((shown, code, another), (error.Refusal.Status, error.Refusal.Code, error.TryAnother));
    }

    [Fact]
    public void Embeddings_OfOllama_AreOpenAis()
    {
        var (answer, shown) = Ollama.Read(Ollama.Embeddings("\"input\":\"a\""), """{"model":"m","embeddings":[[0.5,-2]],"prompt_eval_count":4}""");

        Assert.Equal(new TokenUsage(4, 0, 0, 0, 0), answer.Usage);
        ProviderCase.AssertJson("""[{"object":"embedding","index":0,"embedding":[0.5,-2]}]""", shown!["data"]);
    }

    [Fact]
    public void Embeddings_WithoutAVectorForEachText_AreInvalid() =>
        Assert.Equal(AnswerValidity.Invalid, Ollama.Read(Ollama.Embeddings("\"input\":[\"a\",\"b\"]"), """{"embeddings":[[1]]}""").Answer.Validity);
}

using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

public sealed class GeminiEmbeddingsTests
{
    private const string Model = "gemini-embedding-001";

    [Fact]
    public void Embeddings_OfSeveralTexts_AreOneBatch()
    {
        var upstream = GeminiCase.Adapter.CreateRequest(GeminiCase.Target(Model), Ask("""{"model":"e","input":["A","B"],"dimensions":256,"user":"u"}"""));

        using var message = upstream.Message!;
        Assert.EndsWith("/v1beta/models/gemini-embedding-001:batchEmbedContents", message.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
        GeminiCase.AssertJson("""
            {"requests":[
              {"model":"models/gemini-embedding-001","content":{"parts":[{"text":"A"}]},"outputDimensionality":256},
              {"model":"models/gemini-embedding-001","content":{"parts":[{"text":"B"}]},"outputDimensionality":256}]}
            """, GeminiCase.Body(upstream));
        Assert.Equal("user: dropped", upstream.Warnings);
    }

    [Fact]
    public void Embeddings_OnVertex_ArePredictions()
    {
        var target = GeminiCase.Target(Model, "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/");

        var upstream = new VertexAdapter(GeminiCase.Clock).CreateRequest(target, Ask("""{"model":"e","input":"A","dimensions":8}"""));

        using var message = upstream.Message!;
        Assert.EndsWith("/locations/us-central1/publishers/google/models/gemini-embedding-001:predict", message.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
        GeminiCase.AssertJson("""{"instances":[{"content":"A"}],"parameters":{"outputDimensionality":8}}""", GeminiCase.Body(upstream));
    }

    [Theory]
    [InlineData("""{"embeddings":[{"values":[0.5,-1e-3]},{"values":[1,2]}],"usageMetadata":{"promptTokenCount":7}}""", 7)]
    [InlineData("""{"embeddings":[{"values":[0.5,-1e-3]},{"values":[1,2]}]}""", null)]
    [InlineData("""{"predictions":[{"embeddings":{"values":[0.5,-1e-3],"statistics":{"token_count":3}}},{"embeddings":{"values":[1,2],"statistics":{"token_count":4}}}]}""", 7)]
    public void Answer_OfEitherForm_IsAListInOrder(string body, int? tokens)
    {
        var answer = GeminiCase.Answer(body, out var whole, Ask("""{"model":"e","input":["A","B"]}"""));

        Assert.Equal(tokens is { } count ? new TokenUsage(count, 0, 0, 0, 0) : null, whole.Usage);
        GeminiCase.AssertJson($$"""
            {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1e-3]},{"object":"embedding","index":1,"embedding":[1,2]}],
             "model":"e","usage":{"prompt_tokens":{{tokens ?? 0}},"total_tokens":{{tokens ?? 0}} } }
            """, answer);
    }

    [Fact]
    public void Answer_AsBase64_HoldsLittleEndianFloats()
    {
        var answer = GeminiCase.Answer("""{"embedding":{"values":[0.5,-2]}}""", out _, Ask("""{"model":"e","input":"A","encoding_format":"base64"}"""));

        var bytes = Convert.FromBase64String((string)answer["data"]![0]!["embedding"]!);
        Assert.Equal(8, bytes.Length);
        Assert.Equal((0.5f, -2f), (BinaryPrimitives.ReadSingleLittleEndian(bytes), BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4))));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"embeddings":[]}""")]
    [InlineData("""{"embeddings":[{"values":["x"]}]}""")]
    [InlineData("""{"embeddings":[{}]}""")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public void Answer_ThatHoldsNone_IsInvalid(string body)
    {
        var output = new ArrayBufferWriter<byte>();

        var answer = GeminiCase.Adapter.ReadAnswer(Ask("""{"model":"e","input":"A"}"""), Encoding.UTF8.GetBytes(body), output);

        Assert.Equal(AnswerValidity.Invalid, answer.Validity);
        Assert.Equal(0, output.WrittenCount);
    }

    [Theory]
    [InlineData("""{"model":"e"}""", "input")]
    [InlineData("""{"model":"e","input":[1,2]}""", "input")]
    [InlineData("""{"model":"e","input":[[1],[2]]}""", "input")]
    [InlineData("""{"model":"e","input":["A",""]}""", "input")]
    [InlineData("""{"model":"e","input":"A","dimensions":0}""", "dimensions")]
    [InlineData("""{"model":"e","input":"A","encoding_format":"hex"}""", "encoding_format")]
    public void Request_ThatCannotBeSent_IsRefusedByItsField(string body, string field)
    {
        var upstream = GeminiCase.Adapter.CreateRequest(GeminiCase.Target(Model), Ask(body));

        Assert.Equal((400, field), (upstream.Refusal?.Status, upstream.Refusal?.Param));
    }

    private static InferenceRequest Ask(string body) => GeminiCase.Request(body, InferenceOperation.Embeddings);
}

using System.Globalization;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Cohere;

public sealed class CohereEmbeddingsTests
{
    private static readonly ProviderCase Cohere = CohereCase.Provider;

    [Fact]
    public void Request_OfOneText_IsAListOfOne()
    {
        var upstream = Cohere.Adapter.CreateRequest(Cohere.Target(), Cohere.Embeddings("\"input\":\"a\",\"dimensions\":256,\"user\":\"u\""));

        Assert.Equal("https://api.cohere.com/v2/embed", upstream.Message!.RequestUri!.ToString());
        Assert.Equal("user: dropped", upstream.Warnings);
        ProviderCase.AssertJson(
            """{"model":"command-a-plus-05-2026","texts":["a"],"embedding_types":["float"],"output_dimension":256,"input_type":"search_document"}""",
            ProviderCase.Body(upstream));
    }

    [Fact]
    public void InputType_GivenByTheClient_IsTaken() =>
        Assert.Equal("search_query", (string?)Cohere.Sent(Cohere.Embeddings("\"input\":[\"a\"],\"input_type\":\"search_query\""))["input_type"]);

    [Theory]
    [InlineData("[1,2]", "unsupported_parameter")]
    [InlineData("[[1],[2]]", "unsupported_parameter")]
    [InlineData("[]", "invalid_value")]
    public void Input_ThatIsNoText_IsAClear400(string input, string code) =>
        Assert.Equal((400, code, "input"), Cohere.Refused(Cohere.Embeddings($"\"input\":{input}")));

    [Fact]
    public void Input_OfMoreTextsThanCohereTakes_IsAClear400()
    {
        var texts = string.Join(',', Enumerable.Range(0, 97).Select(static i => string.Create(CultureInfo.InvariantCulture, $"\"{i}\"")));

        Assert.Equal((400, "invalid_value", "input"), Cohere.Refused(Cohere.Embeddings($"\"input\":[{texts}]")));
    }

    [Theory]
    [InlineData("float", "[0.5,-2]")]
    [InlineData("base64", "\"AAAAPwAAAMA=\"")]
    public void Answer_InEitherFormat_IsOpenAis(string format, string expected)
    {
        var (answer, shown) = Cohere.Read(
            Cohere.Embeddings($"\"input\":[\"a\",\"b\"],\"encoding_format\":\"{format}\""),
            """{"id":"i","embeddings":{"float":[[0.5,-2],[1,2]]},"texts":["a","b"],"meta":{"billed_units":{"input_tokens":4}}}""");

        Assert.Equal((AnswerValidity.Translated, new TokenUsage(4, 0, 0, 0, 0)), (answer.Validity, answer.Usage!.Value));
        Assert.Equal("list", (string?)shown!["object"]);
        ProviderCase.AssertJson($$$"""{"object":"embedding","index":0,"embedding":{{{expected}}}}""", shown["data"]![0]);
        Assert.Equal(1, (int)shown["data"]![1]!["index"]!);
        ProviderCase.AssertJson("""{"prompt_tokens":4,"total_tokens":4}""", shown["usage"]);
    }

    [Theory]
    [InlineData("""{"embeddings":{"float":[[1]]}}""")]
    [InlineData("""{"embeddings":{"float":[[1],["x"]]}}""")]
    [InlineData("""{"embeddings":[[1],[2]]}""")]
    [InlineData("""{"message":"no"}""")]
    [InlineData("{")]
    public void Answer_WithoutAVectorForEachText_IsInvalid(string body)
    {
        var (answer, shown) = Cohere.Read(Cohere.Embeddings("\"input\":[\"a\",\"b\"]"), body);

        Assert.Equal(AnswerValidity.Invalid, answer.Validity);
        Assert.Null(shown);
    }
}

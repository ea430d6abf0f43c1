using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

public sealed class BedrockEmbeddingsTests
{
    private const string Titan = "amazon.titan-embed-text-v2:0";
    private const string Cohere = "us.cohere.embed-v4:0";

    [Theory]
    [InlineData(Titan, """ "input":"a","dimensions":256""", """{"inputText":"a","dimensions":256}""")]
    [InlineData(Titan, """ "input":["a"],"encoding_format":"base64" """, """{"inputText":"a"}""")]
    [InlineData(Cohere, """ "input":["a","b"],"dimensions":256""", """{"texts":["a","b"],"input_type":"search_document","embedding_types":["float"],"output_dimension":256}""")]
    [InlineData(Cohere, """ "input":"a","input_type":"search_query" """, """{"texts":["a"],"input_type":"search_query","embedding_types":["float"]}""")]
    public void Request_IsEachMakersOwn(string model, string members, string sent)
    {
        var upstream = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(model), Embed(members));

        Assert.Null(upstream.Refusal);
        Assert.EndsWith("/invoke", upstream.Message!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        BedrockCase.AssertJson(sent, BedrockCase.Body(upstream));
    }

    [Theory]
    [InlineData(Titan, """ "input":["a","b"]""", "unsupported_parameter", "input")]
    [InlineData(Cohere, """ "input":[1,2]""", "unsupported_parameter", "input")]
    [InlineData(Cohere, """ "input":[[1],[2]]""", "unsupported_parameter", "input")]
    [InlineData(Cohere, """ "input":["a",""]""", "invalid_value", "input")]
    [InlineData(Cohere, """ "input":[]""", "invalid_value", "input")]
    [InlineData(Cohere, """ "input":{}""", "invalid_value", "input")]
    [InlineData(Cohere, """ "encoding_format":"float" """, "invalid_value", "input")]
    [InlineData(Titan, """ "input":"a","dimensions":0""", "invalid_value", "dimensions")]
    [InlineData(Titan, """ "input":"a","encoding_format":"int8" """, "invalid_value", "encoding_format")]
    [InlineData(Titan, """ "input":"\ud800" """, "invalid_json", null)]
    [InlineData("amazon.nova-pro-v1:0", """ "input":"a" """, "capability_not_supported", "model")]
    public void Request_ThatCannotBeSent_IsRefusedClearly(string model, string members, string code, string? param)
    {
        var refusal = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(model), Embed(members)).Refusal;

        Assert.Equal((400, code, param), (refusal?.Status, refusal?.Code, refusal?.Param));
    }

    [Fact]
    public void Field_ThatNobodyKnows_IsDroppedWithAWarning() => Assert.Equal(
        "user: dropped", BedrockCase.Adapter.CreateRequest(BedrockCase.Target(Titan), Embed(""" "input":"a","user":"u" """)).Warnings);

    [Theory]
    [InlineData("""{"embedding":[0.5,-1],"inputTextTokenCount":3,"embeddingsByType":{"float":[0.5,-1]}}""", 1, 3)]
    [InlineData("""{"id":"i","embeddings":[[0.5,-1],[2,4]],"response_type":"embeddings_floats","texts":["a","b"]}""", 2, 0)]
    [InlineData("""{"id":"i","embeddings":{"float":[[0.5,-1],[2,4]]},"response_type":"embeddings_by_type"}""", 2, 0)]
    public void Answer_OfEachMaker_IsAListOfOpenAis(string body, int count, int tokens)
    {
        var answer = Read(body, count == 1 ? """ "input":"a" """ : """ "input":["a","b"] """, out var whole);

        Assert.Equal(tokens == 0 ? null : new TokenUsage(tokens, 0, 0, 0, 0), whole.Usage);
        Assert.Equal(count, answer["data"]!.AsArray().Count);
        BedrockCase.AssertJson("""{"object":"embedding","index":0,"embedding":[0.5,-1]}""", answer["data"]![0]);
        BedrockCase.AssertJson($$"""{"prompt_tokens":{{tokens}},"total_tokens":{{tokens}}}""", answer["usage"]);
    }

    [Fact]
    public void Answer_InBase64_HasTheBytesOfTheNumbers() =>
        Assert.Equal("AAAAPwAAgL8=", (string?)Read("""{"embedding":[0.5,-1]}""", """ "input":"a","encoding_format":"base64" """, out _)["data"]![0]!["embedding"]);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"embeddings":[1,2]}""")]
    [InlineData("""{"embedding":["x"]}""")]
    [InlineData("""{"embeddings":[[0.5],[2]]}""")]
    [InlineData("<html>")]
    public void Body_ThatIsNoAnswer_IsInvalid(string body)
    {
        var request = Embed(""" "input":"a","encoding_format":"base64" """);

        Assert.Equal(AnswerValidity.Invalid, BedrockCase.Adapter.ReadAnswer(request, Encoding.UTF8.GetBytes(body), new ArrayBufferWriter<byte>()).Validity);
    }

    private static InferenceRequest Embed(string members) => BedrockCase.Request($$"""{"model":"m",{{members}}}""", InferenceOperation.Embeddings);

    private static JsonObject Read(string body, string members, out WholeAnswer whole)
    {
        var output = new ArrayBufferWriter<byte>();
        whole = BedrockCase.Adapter.ReadAnswer(Embed(members), Encoding.UTF8.GetBytes(body), output);
        Assert.Equal(AnswerValidity.Translated, whole.Validity);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }
}

using System.Text;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Embeddings;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Embeddings;

/// <summary>What of a request can stand beside the inputs of others, and what requests must share for it.</summary>
public sealed class EmbeddingsInputTests
{
    [Theory]
    [InlineData("\"a b\"", "\"a b\"", 1, 1, 2)]
    [InlineData("[\"a\"]", "\"a\"", 1, 1, 1)]
    [InlineData("[ \"a\" , \"b\\\"]\" ]", "\"a\" , \"b\\\"]\"", 2, 1, 2)]
    [InlineData("[1, 22 ,3]", "[1, 22 ,3]", 1, 2, 3)]
    [InlineData("[[1,2],[3]]", "[1,2],[3]", 2, 2, 3)]
    public void Inputs_AreFoundWhereTheyStand(string input, string items, int count, int kind, int leastTokens)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m", "input" : {{input}} ,"dimensions":4}""");

        Assert.True(EmbeddingsInput.TryRead(body, Read(body).InputToken, out var found));

        Assert.Equal(items, Encoding.UTF8.GetString(body[found.Items]));
        Assert.Equal((count, (EmbeddingsInputKind)kind), (found.Count, found.Kind));
        Assert.InRange(EmbeddingsTokens.Count(TokenCounters.O200k, body, found)!.Value, leastTokens, leastTokens + 3);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("[\"a\",\"\"]")]
    [InlineData("[\"a\",1]")]
    [InlineData("[1,\"a\"]")]
    [InlineData("[[1],2]")]
    [InlineData("[[1],[]]")]
    [InlineData("[[[1]]]")]
    [InlineData("[-1]")]
    [InlineData("[{\"text\":\"a\"}]")]
    [InlineData("[null]")]
    public void OtherInputs_AreLeftToTheProvider(string input)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m","input":{{input}}}""");

        Assert.False(EmbeddingsInput.TryRead(body, Read(body).InputToken, out _));
    }

    [Fact]
    public void TextWithHalfASurrogatePair_IsNotCounted()
    {
        var body = """{"model":"m","input":"a\ud800"}"""u8.ToArray();
        Assert.True(EmbeddingsInput.TryRead(body, Read(body).InputToken, out var found));

        Assert.Null(EmbeddingsTokens.Count(TokenCounters.O200k, body, found));
    }

    [Theory]
    [InlineData("""{"model":"m","input":"x","dimensions":4}""", """{"model":"m","input":["y","z"],"dimensions":4}""", true)]
    [InlineData("""{"model":"m","input":"x","dimensions":4}""", """{"model":"m","input":"x","dimensions":5}""", false)]
    [InlineData("""{"model":"m","input":"x","dimensions":4}""", """{"model":"n","input":"x","dimensions":4}""", false)]
    [InlineData("""{"model":"m","input":"x","dimensions":4}""", """{"model":"m","input":[1],"dimensions":4}""", false)]
    [InlineData("""{"model":"m","input":"x"}""", """{"model":"m","input":"x","encoding_format":"base64"}""", false)]
    [InlineData("""{"model":"m","input":"x","user":"a"}""", """{"model":"m","input":"x","user":"b"}""", false)]
    [InlineData("""{"a":1,"input":"x","model":"m"}""", """{"input":"x","a":1,"model":"m"}""", false)]
    public void Requests_ThatDifferInInputsAlone_ShareAKey(string one, string other, bool isShared)
    {
        Assert.Equal(isShared, Key(one).Equals(Key(other)));
        Assert.True(!isShared || Key(one).GetHashCode() == Key(other).GetHashCode());
    }

    [Fact]
    public void RequestsOfOtherTenants_OrForOtherProviders_ShareNoKey()
    {
        const string Body = """{"model":"m","input":"x"}""";

        Assert.Equal(Key(Body, "a"), Key(Body, "a"));
        Assert.NotEqual(Key(Body, "a"), Key(Body, "b"));
        Assert.NotEqual(Key(Body, "a"), Key(Body, "a", "p"));
    }

    private static EmbeddingsKey Key(string body, string tenant = "t", string? provider = null) =>
        EmbeddingsKey.Of(Read(Encoding.UTF8.GetBytes(body)), tenant, provider)!;

    private static InferenceRequest Read(byte[] body)
    {
        Assert.Null(RequestScanner.Scan(body, InferenceOperation.Embeddings, new InputLimitOptions(), new ModelNames(), out var request));
        return request!;
    }
}

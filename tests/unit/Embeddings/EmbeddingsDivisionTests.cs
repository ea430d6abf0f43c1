using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Embeddings;

namespace ProxyCluster.Tests.Unit.Embeddings;

/// <summary>How a joined call's answer is divided among its callers.</summary>
public sealed class EmbeddingsDivisionTests
{
    [Fact]
    public void Answer_IsDividedByteForByte_WithIndexesFromZero_AndUsageShared()
    {
        var answers = Divide(
            """
            { "object":"list","data": [ {"object":"embedding","index":0,"embedding":[0.1,-2e-3]}, {"embedding":"AAC=","index": 1} ,{"index":2,"embedding":[]}],
              "model":"m-1","usage":{"prompt_tokens":10,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":3},"cost":0.00021},"x":[1,{"index":9}]}
            """,
            [(1, 3), (2, 7)]);

        Assert.Equal(
            """
            { "object":"list","data": [{"object":"embedding","index":0,"embedding":[0.1,-2e-3]}],
              "model":"m-1","usage":{"prompt_tokens":3,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":1},"cost":0.00006},"x":[1,{"index":9}]}
            """,
            answers[0]);
        Assert.Equal(
            """
            { "object":"list","data": [{"embedding":"AAC=","index": 0},{"index":1,"embedding":[]}],
              "model":"m-1","usage":{"prompt_tokens":7,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":2},"cost":0.00015},"x":[1,{"index":9}]}
            """,
            answers[1]);
    }

    [Fact]
    public void UsageBeforeTheData_AndVectorsOutOfOrder_AreFound()
    {
        var answers = Divide("""{"usage":{"prompt_tokens":4},"data":[{"index":1,"v":"b"},{"index":0,"v":"a"}]}""", [(1, 1), (1, 1)]);

        Assert.Equal("""{"usage":{"prompt_tokens":2},"data":[{"index":0,"v":"a"}]}""", answers[0]);
        Assert.Equal("""{"usage":{"prompt_tokens":2},"data":[{"index":0,"v":"b"}]}""", answers[1]);
    }

    [Fact]
    public void VectorsWithoutNumbers_AreTakenInOrder_IfNoneIsMissing()
    {
        Assert.Equal(["""{"data":[{"v":"a"}]}""", """{"data":[{"v":"b"}]}"""], Divide("""{"data":[{"v":"a"},{"v":"b"}]}""", [(1, 1), (1, 1)]));
        Assert.Null(Read("""{"data":[{"v":"a"}]}""", 2));
    }

    [Fact]
    public void MissingVector_FailsOnlyThoseItIsMissedBy()
    {
        var division = Read("""{"data":[{"index":0},{"index":2},{"index":3}]}""", 4)!;

        Assert.True(division.HasAll(0, 1));
        Assert.False(division.HasAll(0, 2));
        Assert.False(division.HasAll(1, 1));
        Assert.True(division.HasAll(2, 2));
    }

    [Theory]
    [InlineData("""{"data":[{"index":0},{"index":0}]}""")]
    [InlineData("""{"data":[{"index":0},{"index":2}]}""")]
    [InlineData("""{"data":[{"index":0},{"index":-1}]}""")]
    [InlineData("""{"data":[{"index":0},{"v":1}]}""")]
    [InlineData("""{"data":[{"index":0},{"index":1},{"index":1}]}""")]
    [InlineData("""{"data":[{"index":0},[1]]}""")]
    [InlineData("""{"data":{"index":0}}""")]
    [InlineData("""{"data":[{"index":0},{"index":1}],"data":[]}""")]
    [InlineData("""{"object":"list"}""")]
    [InlineData("""{"data":[{"index":0}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void Answer_ThatDoesNotSayWhatBelongsToWhom_IsNotDivided(string answer) => Assert.Null(Read(answer, 2));

    [Fact]
    public void AnyAnswer_GivesEachCallerItsOwn_AndUsageAddsUp() =>
        Gen.Select(Gen.Int[1, 4].Array[1, 8], Gen.Int[0, 5_000], Gen.Int).Sample(
            (counts, tokens, seed) =>
            {
                var random = new Random(seed);
                var total = counts.Sum();
                var order = Enumerable.Range(0, total).ToArray();
                random.Shuffle(order);
                var data = string.Join(',', order.Select(static i => $$"""{"index":{{i}},"embedding":[{{i}}.5,-1]}"""));
                var answer = $$$"""{"data":[{{{data}}}],"usage":{"prompt_tokens":{{{tokens}}}}}""";

                var parts = Divide(answer, [.. counts.Select(count => (count, (long)random.Next(0, 100)))]).Select(static part => JsonNode.Parse(part)!).ToArray();

                Assert.Equal(tokens, parts.Sum(static part => (int)part["usage"]!["prompt_tokens"]!));
                var first = 0;
                for (var caller = 0; caller < counts.Length; caller++)
                {
                    var items = parts[caller]["data"]!.AsArray();
                    Assert.Equal(Enumerable.Range(0, counts[caller]), items.Select(static item => (int)item!["index"]!));
                    Assert.Equal(Enumerable.Range(first, counts[caller]).Select(static i => i + 0.5), items.Select(static item => (double)item!["embedding"]![0]!));
                    first += counts[caller];
                }
            },
            iter: 500,
            threads: 1);

    [Fact]
    public void Tokens_AreSplitBucketByBucket_AndAddUp()
    {
        var whole = new TokenUsage(100, 7, 5, 3, 1);

        var shares = UsageShares.Of(whole, [1, 2, 4])!;

        Assert.Null(UsageShares.Of(null, [1]));
        Assert.Equal(new TokenUsage(14, 1, 1, 0, 0), shares[0]);
        Assert.Equal(whole, shares.Aggregate(static (one, other) => new TokenUsage(
            one.UncachedInput + other.UncachedInput, one.CacheRead + other.CacheRead, one.CacheWrite + other.CacheWrite, one.Output + other.Output, one.Reasoning + other.Reasoning)));
    }

    private static string[] Divide(string answer, (int Inputs, long Weight)[] callers)
    {
        var division = Read(answer, callers.Sum(static caller => caller.Inputs));
        Assert.True(division is not null, string.Create(CultureInfo.InvariantCulture, $"Not divided: {answer}"));
        division.Split([.. callers.Select(static caller => caller.Weight)]);
        var first = 0;
        var answers = new string[callers.Length];
        for (var i = 0; i < callers.Length; i++)
        {
            var output = new ArrayBufferWriter<byte>();
            division.Write(first, callers[i].Inputs, i, output);
            answers[i] = Encoding.UTF8.GetString(output.WrittenSpan);
            first += callers[i].Inputs;
        }

        return answers;
    }

    private static EmbeddingsDivision? Read(string answer, int inputs) => EmbeddingsDivision.Read(Encoding.UTF8.GetBytes(answer), inputs);
}

using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Tokens;

public sealed class TokenCountersTests
{
    [Theory]
    [InlineData("gpt-4o", "o200k_base")]
    [InlineData("gpt-4o-mini-2024-07-18", "o200k_base")]
    [InlineData("gpt-4.1", "o200k_base")]
    [InlineData("gpt-5.5", "o200k_base")]
    [InlineData("openai/gpt-oss-120b", "o200k_base")]
    [InlineData("o3-mini", "o200k_base")]
    [InlineData("gpt-4-turbo", "cl100k_base")]
    [InlineData("gpt-3.5-turbo", "cl100k_base")]
    [InlineData("gpt-35-turbo", "cl100k_base")]
    [InlineData("text-embedding-3-small", "cl100k_base")]
    [InlineData("claude-sonnet-4-5", "claude")]
    [InlineData("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude")]
    [InlineData("gemini-2.5-flash", "gemini")]
    [InlineData("meta-llama/Llama-3.3-70B-Instruct", "llama")]
    [InlineData("simulator", "unknown")]
    public void Model_HasItsEncoding(string model, string encoding) => Assert.Equal(encoding, TokenCounters.For(model).Encoding);

    // The counts are those of OpenAI's own library, as its cookbook shows them.
    [Theory]
    [InlineData("gpt-4o", "antidisestablishmentarianism", 6)]
    [InlineData("gpt-4o", "2 + 2 = 4", 7)]
    [InlineData("gpt-4o", "お誕生日おめでとう", 8)]
    [InlineData("gpt-4", "antidisestablishmentarianism", 6)]
    [InlineData("gpt-4", "2 + 2 = 4", 7)]
    [InlineData("gpt-4", "お誕生日おめでとう", 9)]
    [InlineData("gpt-4", "tiktoken is great!", 6)]
    public void Text_HasTheCountOfTheModelsOwnTokenizer(string model, string text, int count)
    {
        var counter = TokenCounters.For(model);

        Assert.True(counter.IsExact);
        Assert.Equal(count, counter.Count(text));
        Assert.Equal(count, counter.CountAtMost(text));
    }

    [Fact]
    public void SpecialToken_InAText_CountsAsText() => Assert.True(TokenCounters.O200k.Count("<|endoftext|>") > 1);

    [Fact]
    public void NoText_HasNoTokens() => Assert.Equal(0, TokenCounters.Unknown.Count(""));

    [Fact]
    public void LoneSurrogate_IsCounted() => Assert.True(TokenCounters.O200k.Count("a\ud800b") > 0);

    [Fact]
    public void Estimate_StatesItsError()
    {
        var counter = TokenCounters.For("claude-sonnet-4-5");
        const string Text = "The quick brown fox jumps over the lazy dog, and nobody knows why it would do so.";

        Assert.InRange(counter.Error, 0.01, 0.5);
        Assert.True(counter.CountAtMost(Text) > counter.Count(Text));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("!")]
    [InlineData(" ")]
    [InlineData("\u4e00")]
    [InlineData("e\u0301")]
    [InlineData("/\n")]
    [InlineData("\u0e01\u0e34")]
    [InlineData("\ud80c\udc00")]
    public void WordWithoutEnd_IsCountedInPieces(string part)
    {
        var word = string.Concat(Enumerable.Repeat(part, 1024 / part.Length));
        var one = TokenCounters.O200k.Count(word);

        Assert.InRange(TokenCounters.O200k.Count(string.Concat(Enumerable.Repeat(word, 200))), one * 199, one * 201);
        Assert.InRange(TokenCounters.O200k.Count($"{string.Concat(Enumerable.Repeat(word, 200))}\u4e2d"), one * 199, one * 201);
    }

    [Fact]
    public void Pair_IsNotCutInTwo()
    {
        const string Text = "!\ud80c\udc00";

        Assert.True(
            TokenCounters.O200k.Count($"!{string.Concat(Enumerable.Repeat(Text[1..], 600))}") >= 600 * (TokenCounters.O200k.Count(Text) - TokenCounters.O200k.Count("!")));
    }
}

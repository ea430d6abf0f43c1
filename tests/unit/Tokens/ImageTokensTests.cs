using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Tokens;

public sealed class ImageTokensTests
{
    // The examples that OpenAI, Anthropic and Google publish beside their formulas, and what a few sides of them come to.
    [Theory]
    [InlineData("gpt-4o", 1024, 1024, 765)]
    [InlineData("gpt-4o", 2048, 4096, 1105)]
    [InlineData("gpt-4o", 128, 64, 255)]
    [InlineData("openai/gpt-4o-2024-11-20", 1024, 1024, 765)]
    [InlineData("gpt-4.1", 1024, 1024, 765)]
    [InlineData("gpt-4o-mini", 128, 64, 8500)]
    [InlineData("gpt-5", 1024, 1024, 630)]
    [InlineData("gpt-5-2025-08-07", 1024, 1024, 630)]
    [InlineData("o1", 1024, 1024, 675)]
    [InlineData("gpt-4.1-mini", 1024, 1024, 1659)]
    [InlineData("gpt-4.1-mini", 1800, 2400, 2489)]
    [InlineData("gpt-4.1-nano", 128, 64, 20)]
    [InlineData("o4-mini", 1024, 1024, 1762)]
    [InlineData("claude-sonnet-4-5", 200, 200, 54)]
    [InlineData("claude-sonnet-4-5", 1092, 1092, 1590)]
    [InlineData("claude-sonnet-4-5", 8000, 8000, 1600)]
    [InlineData("claude-opus-4-7", 8000, 8000, 4784)]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", 200, 200, 54)]
    [InlineData("gemini-2.5-pro", 384, 384, 258)]
    [InlineData("gemini-2.5-pro", 960, 540, 1548)]
    [InlineData("some-model", 9, 9, 1600)]
    public void Image_OfAKnownSize_HasWhatItsProviderSays(string model, int width, int height, int expected) =>
        Assert.Equal(expected, ImageTokens.For(model).Of(new ImageSize(width, height), isLow: false));

    [Theory]
    [InlineData("gpt-4o", 85, 1445)]
    [InlineData("gpt-4o-mini", 2833, 48169)]
    [InlineData("gpt-4.1-mini", 2489, 2489)]
    [InlineData("claude-sonnet-4-5", 1600, 1600)]
    [InlineData("gemini-2.5-pro", 1548, 1548)]
    [InlineData("some-model", 1600, 1600)]
    public void Image_OfAnUnknownSize_HasTheMostThereIs(string model, int low, int high)
    {
        var tokens = ImageTokens.For(model);

        Assert.Equal((low, high), (tokens.Of(null, isLow: true), tokens.Of(null, isLow: false)));
    }

    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("gpt-4o-mini")]
    [InlineData("gpt-4.1-mini")]
    [InlineData("gpt-5.2")]
    [InlineData("claude-opus-4-7")]
    public void Image_OfAnySize_NeverHasMoreThanOneOfAnUnknownSize(string model)
    {
        var tokens = ImageTokens.For(model);
        var most = tokens.Of(null, isLow: false);

        Assert.All(
            new[] { 1, 31, 512, 513, 767, 769, 2047, 2049, 8000, 1 << 20 }.SelectMany(static width => new[] { 1, 33, 768, 2048, 8000, 1 << 20 }.Select(height => new ImageSize(width, height))),
            size => Assert.InRange(tokens.Of(size, isLow: false), 1, most));
    }
}

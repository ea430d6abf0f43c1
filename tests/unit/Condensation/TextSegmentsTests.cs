using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class TextSegmentsTests
{
    [Theory]
    [InlineData("One. Two! Three?", new[] { "One.", "Two!", "Three?" })]
    [InlineData("It costs 3.5 dollars, e.g. for J. Smith. Really?! \"Yes.\" Good", new[] { "It costs 3.5 dollars, e.g. for J. Smith.", "Really?!", "\"Yes.\"", "Good" })]
    [InlineData("我同意。你呢？好", new[] { "我同意。", "你呢？", "好" })]
    [InlineData("متى؟ غدًا.", new[] { "متى؟", "غدًا." })]
    [InlineData("wrapped\nprose. Next", new[] { "wrapped\nprose.", "Next" })]
    [InlineData("# Head\n- one\n- two\n\nEnd", new[] { "# Head", "- one", "- two", "End" })]
    [InlineData("Look:\n```js\na. b! c\n```\nDone.", new[] { "Look:", "```js\na. b! c\n```", "Done." })]
    [InlineData("~~~~\n~~~\n~~~~", new[] { "~~~~\n~~~\n~~~~" })]
    [InlineData("{\"a\": \"b. c! }\"} and more", new[] { "{\"a\": \"b. c! }\"}", "and more" })]
    [InlineData("Got {\"a\": \"b. C! }\"} back. Next", new[] { "Got {\"a\": \"b. C! }\"} back.", "Next" })]
    [InlineData("Got [\n  1,\n  -2\n] back. Next", new[] { "Got [\n  1,\n  -2\n] back.", "Next" })]
    [InlineData("The [first. Second", new[] { "The [first.", "Second" })]
    [InlineData("[not json. at all", new[] { "[not json. at all" })]
    [InlineData("  ", new string[0])]
    public void Cut_FindsSentencesAndKeepsBlocksWhole(string text, string[] pieces)
    {
        var segments = new List<TextSegment>();
        TextSegments.Cut(text, segments);

        Assert.Equal(pieces, segments.Select(segment => segment.Of(text).ToString()));
    }

    [Fact]
    public void Cut_OfNothingButOpeningBrackets_EndsInTimeThatGrowsWithTheText()
    {
        var text = string.Concat(Enumerable.Repeat("[\n", 200_000));
        var segments = new List<TextSegment>();
        TextSegments.Cut(text, segments);

        Assert.Equal(200_000, segments.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Got ")]
    public void Cut_LeavesJsonOfAnyDepthWhole(string before)
    {
        var json = new string('[', 5000) + "\"a. B\",\n1" + new string(']', 5000);
        var text = $"{before}{json}\n\nNext. Last";
        var segments = new List<TextSegment>();
        TextSegments.Cut(text, segments);

        Assert.Equal([before + json, "Next.", "Last"], segments.Select(segment => segment.Of(text).ToString()));
    }

    [Fact]
    public void LanguageOf_IsTheFirstWordAfterTheFence() =>
        Assert.Equal("rust", CodeFences.LanguageOf("```rust,ignore\nfn main() {}\n```").ToString());
}

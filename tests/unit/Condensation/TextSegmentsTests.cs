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
    [InlineData("Do not ever run\n`rm -rf data`, it is live. Next", new[] { "Do not ever run\n`rm -rf data`, it is live.", "Next" })]
    [InlineData("The limit is not\n5 but 600. Next", new[] { "The limit is not\n5 but 600.", "Next" })]
    [InlineData("We never allow\n-5 degrees, nor\n*any* of\n#tags, nor\n[links](a), nor\n{braces} here", new[] { "We never allow\n-5 degrees, nor\n*any* of\n#tags, nor\n[links](a), nor\n{braces} here" })]
    [InlineData("Steps\n1. Do it\n2) Then this\n* that\n## Head\n> said\n{\"a\": 1}", new[] { "Steps", "1. Do it", "2) Then this", "* that", "## Head", "> said", "{\"a\": 1}" })]
    [InlineData("2031-05-14 one\n2031-05-15 two\n(a) or\n(b)", new[] { "2031-05-14 one", "2031-05-15 two\n(a) or", "(b)" })]
    [InlineData("Do not call Dr. Smith before noon. Next", new[] { "Do not call Dr. Smith before noon.", "Next" })]
    [InlineData("Mr. Okafor came. Nicht am 5. Mai, z.B. Montag. Ende", new[] { "Mr. Okafor came.", "Nicht am 5. Mai, z.B. Montag.", "Ende" })]
    [InlineData("It was in 2031. Then it ended. No. Never", new[] { "It was in 2031.", "Then it ended.", "No.", "Never" })]
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

using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Work that is given up ends inside of a message, however long it is: none of these looks at its token before it begins.</summary>
public sealed class GivenUpTests
{
    private static readonly CancellationToken GivenUp = new(canceled: true);

    private static readonly string Long = string.Concat(Enumerable.Repeat("The deadline is on 3 May. 会议推迟到了下个星期三。\n", 80_000));

    [Fact]
    public void Counting_EndsInsideOfAText()
    {
        Assert.Throws<OperationCanceledException>(() => TokenCounters.O200k.CountAtMost(Long, GivenUp));
        Assert.Throws<OperationCanceledException>(() => TokenCounters.O200k.CountAtMost(new string('会', Long.Length), GivenUp));
    }

    [Fact]
    public void Cutting_EndsInsideOfAText()
    {
        var pieces = new List<TextSegment>();

        Assert.Throws<OperationCanceledException>(() => TextSegments.Cut(Long, pieces, GivenUp));
        Assert.Empty(pieces);
    }

    [Fact]
    public void ReadingOfTerms_EndsInsideOfAText()
    {
        var index = new LexicalIndex(CondensationWords.English, Long.Length, GivenUp);

        Assert.Throws<OperationCanceledException>(() => index.Add(Long));
        Assert.Throws<OperationCanceledException>(() => index.SignsOf(Long));
        Assert.Equal(0, index.Terms);
    }

    [Fact]
    public void Shortening_EndsInsideOfAText()
    {
        var extractor = new Extractor(new LexicalIndex(CondensationWords.English, 0), [], TokenCounters.O200k, GivenUp);

        Assert.Throws<OperationCanceledException>(() => extractor.Shorten(Long, 100));
    }
}

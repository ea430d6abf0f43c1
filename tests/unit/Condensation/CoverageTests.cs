using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class CoverageTests
{
    [Fact]
    public void Offer_OfPassagesThatAllSayTheSame_DoesNotLookAtAllOfThemAfterEach()
    {
        const int Passages = 5000;
        var index = new LexicalIndex(CondensationWords.English, 0);
        for (var i = 0; i < Passages; i++)
        {
            index.Add("Kiln.");
        }

        var coverage = new Coverage(index, [.. Enumerable.Repeat(1.0, Passages)], [.. Enumerable.Repeat(3, Passages)], HybridWeights.Tuned);
        var (looks, taken) = (0, 0);
        coverage.Offer(Enumerable.Range(0, Passages), _ => ++looks > 0, _ => ++taken > 0);

        Assert.Equal(Passages, taken);
        Assert.InRange(looks, Passages, 1_100_000);
    }
}

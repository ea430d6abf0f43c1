using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Counts what a property was held against, by strategy, so that it does not hold for want of cases.</summary>
internal sealed class Tally
{
    private readonly int[] _counts = new int[Enum.GetValues<CondensationStrategy>().Length];

    public void Add(CondensationStrategy strategy, int count = 1) => Interlocked.Add(ref _counts[(int)strategy], count);

    public void AssertAtLeast(int least) => Assert.All(_counts, count => Assert.InRange(count, least, int.MaxValue));
}

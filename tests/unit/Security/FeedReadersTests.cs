using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class FeedReadersTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FeedReaders _readers = new(TimeSpan.FromSeconds(300));
    private readonly Guid _one = Guid.NewGuid();
    private readonly Guid _other = Guid.NewGuid();

    [Fact]
    public void Behind_NamesThoseThatHaveNotAskedFromTheChangeOn()
    {
        _readers.Heard(_one, "one", 5, Start);
        _readers.Heard(_other, "other", 6, Start);

        Assert.Equal(["one"], _readers.Behind(6, Start).Select(reader => reader.Name));
        _readers.Heard(_one, "one", 6, Start);
        Assert.Empty(_readers.Behind(6, Start));
        Assert.Equal(2, _readers.Count(Start));
    }

    [Fact]
    public void Gateway_ThatIsSilent_IsNamed_UntilItTrustsItsKeysNoMore()
    {
        _readers.Heard(_one, "one", 5, Start);

        Assert.Single(_readers.Behind(6, Start.AddSeconds(300)));
        Assert.Empty(_readers.Behind(6, Start.AddSeconds(301)));
        Assert.Equal(0, _readers.Count(Start.AddSeconds(301)));
    }

    [Fact]
    public void Gateway_ThatHasLeft_IsNotNamed()
    {
        _readers.Heard(_one, "one", 5, Start);
        _readers.Left(_one);

        Assert.Empty(_readers.Behind(6, Start));
    }
}

using System.Buffers.Binary;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class LiveKeysTests
{
    private readonly LiveKeys _live = new();

    [Fact]
    public void Entry_PutIn_IsFound_UntilAnotherOfItsSecretTakesItsPlace()
    {
        var entry = Entry(1);
        Assert.Null(_live.Put(entry));
        Assert.Same(entry, _live.Find(entry.Hash));

        var next = Entry(1);
        Assert.Null(_live.Put(next));
        Assert.Same(next, _live.Find(entry.Hash));
        Assert.Single(_live.All());
    }

    [Fact]
    public void Entry_ThatIsUsed_OutlivesThoseThatAreNot()
    {
        var used = Entry(0);
        _live.Put(used);
        for (var i = 1; i < 200; i++)
        {
            used.Used();
            _live.Put(Entry(i));
        }

        Assert.Same(used, _live.Find(used.Hash));
        Assert.Equal(4, _live.All().Count());
    }

    [Fact]
    public void Table_HoldsNoMoreThanItsPlaces()
    {
        var random = new Random(1);
        var bytes = new byte[KeyHash.Size];
        for (var i = 0; i < 2 * LiveKeys.Most; i++)
        {
            random.NextBytes(bytes);
            Assert.True(KeyHash.TryRead(bytes, out var hash));
            _live.Put(Entry(hash));
        }

        Assert.InRange(_live.All().Count(), LiveKeys.Most / 2, LiveKeys.Most);
    }

    // All of one group.
    private static KeyEntry Entry(int number)
    {
        Span<byte> bytes = stackalloc byte[KeyHash.Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        Assert.True(KeyHash.TryRead(bytes, out var hash));
        return Entry(hash);
    }

    private static KeyEntry Entry(in KeyHash hash) =>
        new(hash, new KeyRecord { PublicId = "a", Hash = [], Name = "a", Roles = [] }, isPrevious: false, Caller.Local);
}

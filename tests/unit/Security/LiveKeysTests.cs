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
        Assert.Null(Put(entry));
        Assert.Same(entry, Find(entry));

        var next = Entry(1);
        Assert.Null(Put(next));
        Assert.Same(next, Find(entry));
        Assert.Single(_live.All());
    }

    [Fact]
    public void Entry_ThatIsUsed_OutlivesThoseThatAreNot()
    {
        var used = Entry(0);
        Put(used);
        for (var i = 1; i < 200; i++)
        {
            Assert.Same(used, Find(used));
            Put(Entry(i));
        }

        Assert.Same(used, Find(used));
        Assert.Equal(4, _live.All().Count());
    }

    [Fact]
    public void Table_HoldsNoMoreThanItsPlaces()
    {
        var random = new Random(1);
        var bytes = new byte[ApiKeyFormat.PublicIdLength];
        for (var i = 0; i < 2 * LiveKeys.Most; i++)
        {
            random.NextBytes(bytes);
            _live.Put(new KeyId(bytes), Entry(i));
        }

        Assert.InRange(_live.All().Count(), LiveKeys.Most / 2, LiveKeys.Most);
    }

    [Fact]
    public void Expect_OfAnId_TellsWhetherOneOfItsSecretsIsThere()
    {
        Assert.False(_live.Expect(Id));
        Put(Entry(1));
        Assert.True(_live.Expect(Id));
    }

    private static KeyId Id => new("4fGh2kLmN0pQ"u8);

    private KeyEntry? Put(KeyEntry entry) => _live.Put(Id, entry);

    private KeyEntry? Find(KeyEntry entry) => _live.Find(Id, entry.Hash);

    // Secrets of one key, and so of one group.
    private static KeyEntry Entry(int number)
    {
        Span<byte> bytes = stackalloc byte[KeyHash.Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        Assert.True(KeyHash.TryRead(bytes, out var hash));
        return new(hash, new KeyFacts { Subject = "key:a", Name = "a", Roles = [] }, isPrevious: false, Caller.Local);
    }
}

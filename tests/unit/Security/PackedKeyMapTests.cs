using System.Buffers.Binary;
using System.Text;
using CsCheck;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class PackedKeyMapTests
{
    [Fact]
    public void Map_AfterAnyChanges_KnowsWhatADictionaryWould() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 60], Gen.Int[-1, 60], Gen.Bool).Array[0, 200].Sample(changes =>
        {
            var map = new PackedKeyMap();
            var truth = new Dictionary<string, KeyRecord>(StringComparer.Ordinal);
            foreach (var (id, hash, previous, isAdded) in changes)
            {
                // A secret belongs to one key: the id is part of it.
                var record = Record(id, (id * 100) + hash) with { PreviousHash = previous < 0 ? [] : Hash((id * 100) + previous) };
                if (isAdded)
                {
                    map.Add(record);
                    truth.TryAdd(record.PublicId, record);
                }
                else
                {
                    map.Set(record);
                    truth[record.PublicId] = record;
                }
            }

            Assert.Equal(truth.Count, map.Count);
            Assert.Equal(truth.Keys.Order(), map.All().Select(packed => KeyPacking.Unpack(packed.Span).PublicId).Order());
            var owners = truth.Values.Select(key => (key.PublicId, key.Hash)).Concat(truth.Values.Where(key => !key.PreviousHash.IsEmpty).Select(key => (key.PublicId, Hash: key.PreviousHash)))
                .DistinctBy(owner => Convert.ToHexString(owner.Hash.AsSpan()))
                .ToDictionary(owner => Convert.ToHexString(owner.Hash.AsSpan()), owner => owner.PublicId, StringComparer.Ordinal);
            foreach (var secret in changes.SelectMany(change => new[] { (change.Item1 * 100) + change.Item2, (change.Item1 * 100) + change.Item3 }).Where(secret => secret >= 0).Distinct())
            {
                var owner = owners.GetValueOrDefault(Convert.ToHexString(Hash(secret).AsSpan()));
                Assert.Equal(owner, map.TryFind(HashOf(secret), out var found) ? KeyPacking.Unpack(found.Span).PublicId : null);
            }
        }, iter: 60);

    [Fact]
    public void Record_ThatWasReplaced_IsAnother_AndStaysReadable()
    {
        var map = new PackedKeyMap();
        map.Set(Record(1, 1));
        Assert.True(map.TryFind(HashOf(1), out var before));
        Assert.True(map.TryFind("000000000001"u8, out var again));
        Assert.True(before.IsSame(again));

        map.Set(Record(1, 1) with { Revoked = true });

        Assert.True(map.TryFind(HashOf(1), out var after));
        Assert.False(before.IsSame(after));
        Assert.False(KeyPacking.Unpack(before.Span).Revoked);
        Assert.True(KeyPacking.Unpack(after.Span).Revoked);
    }

    [Fact]
    public void Map_WhoseKeysChangeOverAndOver_DoesNotGrow()
    {
        var map = new PackedKeyMap();
        for (var change = 0; change < 100_000; change++)
        {
            map.Set(Record(change % 100, change % 100) with { Name = $"change {change}" });
        }

        Assert.Equal(100, map.Count);
        Assert.InRange(map.Bytes, 1, 512 * 1024);
        Assert.True(map.TryFind(HashOf(99), out var found));
        Assert.Equal("change 99999", KeyPacking.Unpack(found.Span).Name);
    }

    [Fact]
    public void Map_OfManyKeys_TakesLittleMoreThanTheirBytes()
    {
        var map = new PackedKeyMap();
        for (var i = 0; i < 50_000; i++)
        {
            map.Set(Record(i, i) with { Name = $"application {i}", CreatedBy = "key:4fGh2kLmN0pQ", Team = "research", User = $"user-{i}", PepperVersion = uint.MaxValue });
        }

        Assert.Equal(50_000, map.Count);
        Assert.InRange(map.Bytes / 50_000.0, 100, 160);
    }

    [Fact]
    public async Task Keys_ThatStay_AreFoundAllTheTime_WhileOthersComeAndThisOneChanges()
    {
        var map = new PackedKeyMap();
        map.Set(Record(0, 0));
        using var ended = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var looks = 0;
            do
            {
                Assert.True(map.TryFind(HashOf(0), out var found));
                Assert.Equal("000000000000", Encoding.ASCII.GetString(KeyPacking.IdOf(found.Span)));
                looks++;
            }
            while (!ended.IsCancellationRequested);

            return looks;
        })).ToArray();

        for (var i = 1; i < 5_000; i++)
        {
            map.Set(Record(i, i));
            map.Set(Record(0, 0) with { Name = $"change {i}" });
        }

        await ended.CancelAsync();
        Assert.All(await Task.WhenAll(readers), looks => Assert.True(looks > 0));
    }

    private static KeyHash HashOf(int secret)
    {
        Assert.True(KeyHash.TryRead(Hash(secret).AsSpan(), out var hash));
        return hash;
    }

    // Some of them begin alike, so that they fall on one place of the table.
    private static System.Collections.Immutable.ImmutableArray<byte> Hash(int secret)
    {
        var hash = new byte[KeyHash.Size];
        BinaryPrimitives.WriteInt32LittleEndian(hash, secret < 3100 && secret % 2 == 0 ? 7 : secret * -1640531527);
        BinaryPrimitives.WriteInt32LittleEndian(hash.AsSpan(20), secret);
        return [.. hash];
    }

    private static KeyRecord Record(int id, int secret) => new()
    {
        PublicId = $"{id:D12}",
        Hash = Hash(secret),
        Name = "test",
        Roles = [KeyRoles.User],
    };
}

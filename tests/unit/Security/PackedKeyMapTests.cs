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
            foreach (var (id, secret) in changes.SelectMany(change => new[] { (change.Item1, (change.Item1 * 100) + change.Item2), (change.Item1, (change.Item1 * 100) + change.Item3) }).Where(pair => pair.Item2 >= 0).Distinct())
            {
                var owner = owners.GetValueOrDefault(Convert.ToHexString(Hash(secret).AsSpan()));
                Assert.Equal(owner == $"{id:D12}" ? owner : null, Find(map, id, secret) is { } found ? KeyPacking.Unpack(found.Span).PublicId : null);
            }
        }, iter: 60);

    [Fact]
    public void Record_ThatWasReplaced_IsAnother_AndStaysReadable()
    {
        var map = new PackedKeyMap();
        map.Set(Record(1, 1));
        var before = Find(map, 1, 1)!.Value;
        Assert.True(map.TryFind(new KeyId("000000000001"u8), out var again));
        Assert.True(before.Mark.IsSame(again.Mark));

        map.Set(Record(1, 1) with { Revoked = true });

        var after = Find(map, 1, 1)!.Value;
        Assert.False(before.Mark.IsSame(after.Mark));
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
        Assert.Equal("change 99999", KeyPacking.Unpack(Find(map, 99, 99)!.Value.Span).Name);
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
                Assert.True(Find(map, 0, 0) is { } found && KeyPacking.IdOf(found.Span).SequenceEqual("000000000000"u8));
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

    [Fact]
    public void Secret_OfAnotherKey_IsNotFoundUnderAnId()
    {
        var map = new PackedKeyMap();
        map.Set(Record(1, 1) with { PreviousHash = Hash(2) });
        map.Set(Record(2, 4));

        Assert.NotNull(Find(map, 1, 1));
        Assert.NotNull(Find(map, 1, 2));
        Assert.Null(Find(map, 1, 4));
        Assert.Null(Find(map, 2, 1));
        Assert.Null(Find(map, 3, 1));
    }

    private static PackedKey? Find(PackedKeyMap map, int id, int secret)
    {
        Assert.True(KeyHash.TryRead(Hash(secret).AsSpan(), out var hash));
        var sought = new KeyId(Encoding.ASCII.GetBytes($"{id:D12}"));
        map.Expect(sought);
        return map.TryFind(sought, hash, out var found) ? found : null;
    }

    // Some of them begin alike.
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

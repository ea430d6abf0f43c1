using System.Collections.Immutable;
using CsCheck;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class KeyShardTests
{
    [Fact]
    public void Plan_ChangesNothingUntilItIsApplied()
    {
        var shard = new KeyShard();

        var change = shard.Plan(Record(1));

        Assert.Null(shard.Find(Id(1)));
        Assert.Equal(0, shard.Position);
        shard.Apply(change);
        Assert.Equal(Record(1).PublicId, shard.Find(Id(1))!.PublicId);
        Assert.Equal(1, shard.Position);
    }

    [Fact]
    public void Plan_FillsPagesAndWritesOnlyOne()
    {
        var shard = Filled(KeyShard.PageSize);

        var added = shard.Plan(Record(1000));
        var revoked = shard.Plan(Record(0) with { Revoked = true });

        Assert.Equal((1, 1), (added.Page, added.Keys.Length));
        Assert.Equal((0, KeyShard.PageSize), (revoked.Page, revoked.Keys.Length));
    }

    [Fact]
    public void ReadAfter_ComesInTheOrderOfChanges()
    {
        var shard = Filled(3);
        shard.Apply(shard.Plan(Record(0) with { Revoked = true }));

        var all = shard.ReadAfter(0, 10);

        Assert.Equal([Id(1), Id(2), Id(0)], all.Records.Select(r => r.PublicId));
        Assert.True(all.Records[2].Revoked);
        Assert.Equal((4, false), (all.Position, all.More));
        Assert.Empty(shard.ReadAfter(4, 10).Records);
    }

    [Fact]
    public void ReadAfter_InPages_MissesNothingThatChangesMeanwhile() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 7], Gen.Int[0, 45].Array[0, 30]).Sample((keys, page, changes) =>
        {
            var shard = Filled(keys);
            var reader = new Dictionary<string, KeyRecord>();
            var next = 0;
            long position = 0;
            KeyShardChanges read;
            do
            {
                read = shard.ReadAfter(position, page);
                position = read.Position;
                foreach (var record in read.Records)
                {
                    reader[record.PublicId] = record;
                }

                // Between two pages keys are added or revoked.
                if (next < changes.Length)
                {
                    shard.Apply(shard.Plan(Record(changes[next++]) with { Revoked = true }));
                }
            }
            while (read.More || position < shard.Position);

            var truth = shard.ReadAfter(0, int.MaxValue).Records;
            Assert.Equal(truth.Select(r => (r.PublicId, r.Revoked)).Order(), reader.Values.Select(r => (r.PublicId, r.Revoked)).Order());
        });

    [Fact]
    public void Load_OfStoredPages_IsTheSameShard()
    {
        var pages = new Dictionary<int, ImmutableArray<StoredKey>>();
        var shard = new KeyShard();
        for (var i = 0; i < 600; i++)
        {
            var change = shard.Plan(Record(i % 500) with { Name = $"change {i}" });
            pages[change.Page] = change.Keys;
            shard.Apply(change);
        }

        var loaded = new KeyShard();
        loaded.Load(Enumerable.Range(0, pages.Count).Select(page => pages[page]), []);

        Assert.Equal(2, pages.Count);
        Assert.Equal((shard.Position, shard.Count, shard.Pages), (loaded.Position, loaded.Count, loaded.Pages));
        Assert.Equal(
            shard.ReadAfter(0, 1000).Records.Select(r => (r.PublicId, r.Name)),
            loaded.ReadAfter(0, 1000).Records.Select(r => (r.PublicId, r.Name)));
    }

    private static KeyShard Filled(int keys)
    {
        var shard = new KeyShard();
        for (var i = 0; i < keys; i++)
        {
            shard.Apply(shard.Plan(Record(i)));
        }

        return shard;
    }

    private static string Id(int number) => $"{number:D12}";

    private static KeyRecord Record(int number) => new()
    {
        PublicId = Id(number),
        Hash = [.. new byte[KeyHash.Size]],
        Name = "test",
        Roles = [KeyRoles.User],
    };
}

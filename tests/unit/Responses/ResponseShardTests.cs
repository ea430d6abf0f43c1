using ProxyCluster.Core.Responses;

namespace ProxyCluster.Tests.Unit.Responses;

public sealed class ResponseShardTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Key_OfAnotherCallerOrAnotherAnswer_IsAnother()
    {
        var key = ResponseKey.Of("key:a", "resp_1");

        Assert.Equal(key, ResponseKey.Of("key:a", "resp_1"));
        Assert.NotEqual(key, ResponseKey.Of("key:b", "resp_1"));
        Assert.NotEqual(key, ResponseKey.Of("key:a", "resp_2"));
        Assert.InRange(key.Shard, 0, ResponseKey.Shards - 1);
    }

    [Fact]
    public void Find_OfAnAnswer_EndsWithItsLifetime()
    {
        var shard = new ResponseShard();
        Keep(shard, 1, Start);

        Assert.Equal("p", shard.Find(Key(1), Start + ResponseShard.Lifetime - TimeSpan.FromTicks(1)));
        Assert.Null(shard.Find(Key(1), Start + ResponseShard.Lifetime));
        Assert.Null(shard.Find(Key(2), Start));
    }

    [Fact]
    public void Plan_OfAnAnswerThatIsRemembered_ChangesNothing_AndOfAnotherProvider_Counts()
    {
        var shard = new ResponseShard();
        Keep(shard, 1, Start);

        Assert.Null(shard.Plan(Key(1), "p", Start));
        shard.Apply(shard.Plan(Key(1), "q", Start)!.Value);

        Assert.Equal(("q", 1), (shard.Find(Key(1), Start), shard.Count));
    }

    [Fact]
    public void Plan_WritesOnePage_WhateverTheShardHolds()
    {
        var shard = new ResponseShard();
        for (var i = 0; i < (2 * ResponseShard.PageSize) + 1; i++)
        {
            Keep(shard, i, Start);
        }

        var change = shard.Plan(Key(-1), "p", Start)!.Value;

        Assert.Equal((3, 2, 3, 2), (shard.Slots, change.Slot, change.Page.Sequence, change.Page.Kept.Length));
    }

    [Fact]
    public void Plan_InAFullShard_TakesThePlaceOfTheOldestPage()
    {
        var shard = new ResponseShard();
        var most = ResponseShard.PageSize * ResponseShard.MostPages;
        for (var i = 0; i <= most; i++)
        {
            Keep(shard, i, Start);
        }

        Assert.Equal(ResponseShard.MostPages, shard.Slots);
        Assert.Null(shard.Find(Key(0), Start));
        Assert.Null(shard.Find(Key(ResponseShard.PageSize - 1), Start));
        Assert.Equal("p", shard.Find(Key(ResponseShard.PageSize), Start));
        Assert.Equal("p", shard.Find(Key(most), Start));
        Assert.Equal(most - ResponseShard.PageSize + 1, shard.Count);
    }

    [Fact]
    public void Sweep_EmptiesPagesWhoseLastAnswerHasExpired()
    {
        var shard = new ResponseShard();
        for (var i = 0; i < ResponseShard.PageSize; i++)
        {
            Keep(shard, i, Start);
        }

        Keep(shard, -1, Start + TimeSpan.FromDays(1));

        Assert.Null(shard.PlanSweep(Start + ResponseShard.Lifetime - TimeSpan.FromTicks(1)));
        var change = shard.PlanSweep(Start + ResponseShard.Lifetime)!.Value;
        shard.Apply(change);

        Assert.Equal((0, 0), (change.Slot, change.Page.Kept.Length));
        Assert.Equal(1, shard.Count);
        Assert.Null(shard.PlanSweep(Start + ResponseShard.Lifetime));
        Assert.NotNull(shard.PlanSweep(Start + ResponseShard.Lifetime + TimeSpan.FromDays(1)));
    }

    [Fact]
    public void Load_OfTheStoredPages_GivesTheSameShard()
    {
        var shard = new ResponseShard();
        var stored = new SortedDictionary<int, ResponsePage>();
        for (var i = 0; i < 600; i++)
        {
            var change = shard.Plan(Key(i), "p", Start)!.Value;
            stored[change.Slot] = change.Page;
            shard.Apply(change);
        }

        var loaded = new ResponseShard();
        foreach (var page in stored.Values)
        {
            loaded.Load(page);
        }

        Assert.Equal((shard.Slots, shard.Count), (loaded.Slots, loaded.Count));
        Assert.Equal("p", loaded.Find(Key(599), Start));
        Assert.Equal(shard.Plan(Key(-1), "p", Start)!.Value.Slot, loaded.Plan(Key(-1), "p", Start)!.Value.Slot);
    }

    private static void Keep(ResponseShard shard, int answer, DateTimeOffset now) => shard.Apply(shard.Plan(Key(answer), "p", now)!.Value);

    private static ResponseKey Key(int answer) => new(7, unchecked((ulong)answer));
}

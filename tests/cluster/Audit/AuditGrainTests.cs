using Orleans.Runtime.Messaging;
using ProxyCluster.Core.Audit;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Audit;

public sealed class AuditGrainTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Entries_AreNumberedInTheirOrder_AndTheChainHolds()
    {
        var log = cluster.NewLog();

        Assert.Equal(1, await log.Grain.RecordAsync(AuditWorld.Entry("one")));
        Assert.Equal(2, await log.Grain.RecordAsync(AuditWorld.Entry("two")));

        var lines = await log.ReadAllAsync();
        Assert.Equal(["one", "two"], lines.Select(line => AuditLine.Read(line)!.Entry.Object));
        Assert.Null(log.Verify(lines));
        var extent = await log.Grain.ExtentAsync();
        Assert.Equal((1, 2), (extent.First, extent.Tail.Seq));
    }

    [Fact]
    public async Task Entries_WrittenAtOnce_AreAllInTheChain_AndShareWrites()
    {
        var log = cluster.NewLog();
        await log.Grain.RecordAsync(AuditWorld.Entry("first"));
        var writes = cluster.Storage.Writes;
        var slow = new TaskCompletionSource();
        cluster.Storage.Held = slow.Task;

        var numbers = Enumerable.Range(0, 500).Select(i => log.Grain.RecordAsync(AuditWorld.Entry($"{i}")).AsTask()).ToList();
        await log.Grain.ExtentAsync();
        slow.SetResult();
        await Task.WhenAll(numbers);

        var lines = await log.ReadAllAsync();
        Assert.Equal(501, lines.Count);
        Assert.Null(log.Verify(lines));

        // Each by itself would be two writes, its segment and the head; how many come together while a write is held is the machine's affair.
        Assert.InRange(cluster.Storage.Writes - writes, 1, 500);
    }

    [Fact]
    public async Task Batch_ToldTwice_IsCountedOnce_AlsoInPart()
    {
        var log = cluster.NewLog();
        var gateway = Guid.NewGuid();
        var batch = new AuditBatch(gateway, 1, [AuditWorld.Entry("1"), AuditWorld.Entry("2")]);

        await log.Grain.ReportAsync(batch);
        await log.Grain.ReportAsync(batch);
        await log.Grain.ReportAsync(new(gateway, 2, [AuditWorld.Entry("2"), AuditWorld.Entry("3")]));
        await log.Grain.ReportAsync(new(Guid.NewGuid(), 1, [AuditWorld.Entry("of another")]));

        Assert.Equal(["1", "2", "3", "of another"], (await log.ReadAllAsync()).Select(line => AuditLine.Read(line)!.Entry.Object));
    }

    [Fact]
    public async Task Entry_ThatCannotBeStored_IsNotAcknowledged_AndTheChainGoesOnWithoutIt()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var log = own.NewLog();
        var batch = new AuditBatch(Guid.NewGuid(), 1, [AuditWorld.Entry("kept")]);
        await log.Grain.RecordAsync(AuditWorld.Entry("before"));
        own.Storage.IsFailing = true;

        await Assert.ThrowsAsync<OrleansException>(async () => await log.Grain.RecordAsync(AuditWorld.Entry("lost")));
        await Assert.ThrowsAsync<OrleansException>(async () => await log.Grain.ReportAsync(batch));
        own.Storage.IsFailing = false;
        await log.Grain.ReportAsync(batch);

        var lines = await log.ReadAllAsync();
        Assert.Equal(["before", "kept"], lines.Select(line => AuditLine.Read(line)!.Entry.Object));
        Assert.Null(log.Verify(lines));
    }

    // A write of another activation is what a touched etag looks like.
    [Fact]
    public async Task Segment_WrittenByAnotherActivation_IsNotOverwritten()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var log = own.NewLog();
        await log.Grain.RecordAsync(AuditWorld.Entry("before"));
        own.Storage.Touch(log.Grain.GetGrainId(), "audit-0");

        await Assert.ThrowsAnyAsync<OrleansException>(async () => await log.Grain.RecordAsync(AuditWorld.Entry("of the loser")));
        Assert.Equal(2, await log.Grain.RecordAsync(AuditWorld.Entry("after")));

        var lines = await log.ReadAllAsync();
        Assert.Equal(["before", "after"], lines.Select(line => AuditLine.Read(line)!.Entry.Object));
        Assert.Null(log.Verify(lines));
    }

    [Fact]
    public async Task Log_OutlivesItsSilo_AndCountsNothingTwice()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var log = own.NewLog();
        var batch = new AuditBatch(Guid.NewGuid(), 1, [.. Enumerable.Range(0, 300).Select(i => AuditWorld.Entry($"{i}"))]);
        await log.Grain.ReportAsync(batch);
        await RestartAsync(own);

        await log.Grain.ReportAsync(batch);
        Assert.Equal(301, await log.Grain.RecordAsync(AuditWorld.Entry("after")));

        var lines = await log.ReadAllAsync();
        Assert.Equal(301, lines.Count);
        Assert.Null(log.Verify(lines));
    }

    [Fact]
    public async Task Clock_ThatGoesOn_ChangesTheKeyOfTheDay_AndTheChainHolds()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var log = own.NewLog();
        for (var day = 0; day < 3; day++)
        {
            await log.Grain.RecordAsync(AuditWorld.Entry($"{day}"));
            own.Advance(TimeSpan.FromDays(1), TimeSpan.FromDays(1));
        }

        var lines = await log.ReadAllAsync();
        Assert.Equal([1, 2, 3], lines.Select(line => AuditLine.Read(line)!.At.Day));
        Assert.Null(log.Verify(lines));
    }

    [Fact]
    public async Task Read_FiltersByTimeActorAndAction_InPages()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var log = own.NewLog();
        var start = own.Clock.GetUtcNow();
        for (var hour = 0; hour < 6; hour++)
        {
            var batch = Enumerable.Range(0, 100).Select(i => AuditWorld.Entry($"{hour}-{i}") with
            {
                Actor = i % 2 == 0 ? "key:even" : "key:odd",
                Action = i % 50 == 0 ? "keys.delete" : "providers.update",
            });
            await log.Grain.ReportAsync(new(Guid.NewGuid(), 1, [.. batch]));
            own.Advance(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        }

        var hours = await log.ReadAllAsync(new(0, 30) { From = start.AddHours(2), To = start.AddHours(4) });
        var odd = await log.ReadAllAsync(new(0, 1000) { Actor = "key:odd", From = start.AddHours(5) });
        var deleted = await log.ReadAllAsync(new(0, 5) { Action = "keys.*" });
        var after = await log.ReadAllAsync(new(590, 100));

        Assert.Equal((200, "2-0", "3-99"), (hours.Count, AuditLine.Read(hours[0])!.Entry.Object, AuditLine.Read(hours[^1])!.Entry.Object));
        Assert.Equal(50, odd.Count);
        Assert.Equal(12, deleted.Count);
        Assert.Equal([591, 600], new[] { AuditLine.Read(after[0])!.Seq, AuditLine.Read(after[^1])!.Seq });
    }

    [Fact]
    public async Task Records_BeyondTheirTime_GoBySegments_AndTheLogSaysSo()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var log = own.NewLog();
        await log.WriteAsync(300);
        own.Advance(TimeSpan.FromDays(401), TimeSpan.FromDays(401));

        // The newest segment decides with its first record.
        await log.WriteAsync(100);

        var extent = await log.Grain.ExtentAsync();
        Assert.Equal(257, extent.First);
        var lines = await log.ReadAllAsync();
        Assert.Equal((257, 401), (AuditLine.Read(lines[0])!.Seq, AuditLine.Read(lines[^1])!.Seq));
        Assert.Equal(AuditExpiry.Action, AuditLine.Read(lines[^1])!.Entry.Action);
        Assert.Null(log.Verify(lines));
        Assert.Null(own.Storage.Find(log.Grain.GetGrainId(), "audit-0"));
        Assert.Null(own.Storage.Find(log.Grain.GetGrainId(), "audit-1"));
        Assert.NotNull(own.Storage.Find(log.Grain.GetGrainId(), "audit-2"));
    }

    [Fact]
    public async Task Events_AreTheLatestHundredOfEachType_AlsoAfterTheSiloIsGone()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var log = own.NewLog(AuditLogs.Events);
        var events = Enumerable.Range(0, 150)
            .Select(i => new SecurityEvent(own.Clock.GetUtcNow(), SecurityEventType.AuthenticationFailed, null, $"10.0.0.{i}", "unknown"))
            .Append(new SecurityEvent(own.Clock.GetUtcNow(), SecurityEventType.ApiKeyInQuery, null, "10.0.1.1", "query"));
        await log.Grain.ReportAsync(new(Guid.NewGuid(), 1, [.. events.Select(e => e.ToEntry("host:1"))]));
        var before = await log.Grain.EventsAsync();
        await RestartAsync(own);

        var latest = (await log.Grain.EventsAsync()).Select(line => SecurityEvent.From(AuditLine.Read(line)!)!).ToList();

        Assert.Equal(before.Length, latest.Count);
        Assert.Equal(101, latest.Count);
        Assert.Equal("10.0.0.50", latest[0].Address);
        Assert.Equal(SecurityEventType.ApiKeyInQuery, latest[^1].Type);
    }

    [Fact]
    public async Task Segment_ThatIsDamaged_IsNotOverwritten_AndIsNamed()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var log = own.NewLog();
        await log.WriteAsync(5);
        var id = log.Grain.GetGrainId();
        own.Storage.Put(id, LogUnderTest.Damage(own.Storage.Find(id, "audit-0")!, own), "audit-0");
        await RestartAsync(own);

        Assert.Equal(AuditLogs.SegmentRecords + 1, await log.Grain.RecordAsync(AuditWorld.Entry("after")));

        var lines = await log.ReadAllAsync();
        Assert.Equal(6, lines.Count);
        Assert.Equal(5, log.Verify(lines)!.Seq);
    }

    // The client finds the new silo a moment after it is up.
    private static async Task RestartAsync(ClusterFixture own)
    {
        await own.Cluster.RestartSiloAsync(own.Cluster.Silos[0]);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await own.Grains.GetGrain<IManagementGrain>(0).GetHosts();
                return;
            }
            catch (Exception exception) when (tries < 100 && exception is OrleansException or ConnectionFailedException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }
}

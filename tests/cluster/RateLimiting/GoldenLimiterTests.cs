using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Grains.RateLimiting;

namespace ProxyCluster.Tests.Cluster.RateLimiting;

/// <summary>
/// What one release stores or sends must be read by every later one. The files hold its bytes in hexadecimal and are never
/// changed; a new member gets a new file beside them.
/// </summary>
public sealed class GoldenLimiterTests(LimiterCluster cluster) : IClassFixture<LimiterCluster>
{
    private static readonly Guid Gateway = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid Lease = new("66666666-7777-8888-9999-aaaaaaaaaaaa");

    [Fact]
    public void RateLimiterState_IsRead()
    {
        var state = Read("rate-limiter-state.levels.hex", new RateLimiterState { Book = [1, 2, 3], SlotsUntil = 1_800_000_000_000 });

        Assert.Equal(1_800_000_000_000, state.SlotsUntil);
        Assert.Equal([1, 2, 3], state.Book);
    }

    [Fact]
    public void LeaseRequest_IsRead()
    {
        var report = new LeaseReport(Lease, [5, -100], Closed: true, 7, [new UsedRun(40, 9)]);
        var request = Read("lease-request.levels.hex", new LeaseRequest(Gateway, Lease, 3, [report], 2, [8], new LimitSettings(10, 20, Block: true)));

        Assert.Equal((Gateway, Lease, 3, 2), (request.Gateway, request.RequestId, request.Wanted, request.Waiting));
        Assert.Equal(new LimitSettings(10, 20, Block: true), request.Limits);
        Assert.Equal([8], request.UnleasedAgesMilliseconds);
        var read = Assert.Single(request.Returned);
        Assert.Equal((Lease, true, 7, new UsedRun(40, 9)), (read.Lease, read.Closed, read.First, Assert.Single(read.Runs)));
        Assert.Equal([5, -100], read.UsedAgesMilliseconds);
    }

    [Fact]
    public void LeaseRequest_OfAGatewayThatWasAlone_IsRead()
    {
        var request = Read("lease-request.alone.hex", new LeaseRequest(Gateway, Lease, 3, [], 2, [8], null, UnleasedFirst: 12, UnleasedWithinShare: true));

        Assert.Equal((12, true), (request.UnleasedFirst, request.UnleasedWithinShare));
        Assert.Equal([8], request.UnleasedAgesMilliseconds);
    }

    [Fact]
    public void LeaseGrant_IsRead()
    {
        var status = new WindowStatus(LimitWindow.Hour, 100, 7, TimeSpan.FromSeconds(9));
        var grant = Read("lease-grant.levels.hex", new LeaseGrant(
            Lease, 3, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), Blocked: true, LimitWindow.Hour, [status], ReadsRuns: true));

        Assert.Equal((Lease, 3, TimeSpan.FromSeconds(10), true), (grant.Lease, grant.Tokens, grant.TimeToLive, grant.Blocked));
        Assert.Equal((LimitWindow.Hour, status, true), (grant.Limiting, Assert.Single(grant.Windows), grant.ReadsRuns));
    }

    // Of a gateway or silo of an earlier release, before there were levels: the new members have their defaults.
    [Fact]
    public void LeaseRequest_OfAnEarlierRelease_LeavesTheLimitsToTheSilo()
    {
        var request = Read("lease-request.0.1.hex", new LeaseRequest(Gateway, Lease, 3, [new LeaseReport(Lease, [5], Closed: true, 7)], 2, [8]));

        Assert.Null(request.Limits);
        Assert.Equal((0, false), (request.UnleasedFirst, request.UnleasedWithinShare));
        Assert.True(Assert.Single(request.Returned).Runs.IsDefaultOrEmpty);
    }

    [Fact]
    public void SlotRequestAndGrant_AreRead()
    {
        Assert.Equal(new SlotRequest(Gateway, 1, 2, 3, 4), Read("slot-request.hex", new SlotRequest(Gateway, 1, 2, 3, 4)));

        // Of a silo of an earlier release: it told nothing of what was spare.
        Assert.Equal(new SlotGrant(3, TimeSpan.FromSeconds(10)), Read("slot-grant.hex", new SlotGrant(3, TimeSpan.FromSeconds(10))));
        var withSpare = new SlotGrant(3, TimeSpan.FromSeconds(10)) { Spare = 40 };
        Assert.Equal(withSpare, Read("slot-grant.spare.hex", withSpare));
        var ofNewBook = new SlotGrant(3, TimeSpan.FromSeconds(10)) { MayGrow = true };
        Assert.Equal(ofNewBook, Read("slot-grant.may-grow.hex", ofNewBook));
    }

    // PROXYCLUSTER_WRITE_GOLDEN makes the file of a release, once; without it a missing file fails the test.
    private T Read<T>(string file, T example, [CallerFilePath] string here = "")
    {
        var serializer = cluster.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();
        var path = Path.Combine(Path.GetDirectoryName(here)!, "..", "Golden", file);
        if (Environment.GetEnvironmentVariable("PROXYCLUSTER_WRITE_GOLDEN") is not null && !File.Exists(path))
        {
            File.WriteAllText(path, Convert.ToHexString(serializer.SerializeToArray(example)) + "\n");
        }

        return serializer.Deserialize<T>(Convert.FromHexString(File.ReadAllText(path).Trim()))!;
    }
}

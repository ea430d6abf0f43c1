using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Unit.RateLimiting;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class AdmissionTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ResilienceMetrics _metrics;
    private readonly AdmissionGate _gate;

    public AdmissionTests()
    {
        _metrics = new ResilienceMetrics(_services.GetRequiredService<IMeterFactory>());
        _gate = new AdmissionGate(new ReloadableOptions(), new RandomSource(1), _metrics) { Limit = 20 };
    }

    public void Dispose()
    {
        _gate.Dispose();
        _metrics.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData(RequestPriority.Batch, 14)]
    [InlineData(RequestPriority.Normal, 17)]
    [InlineData(RequestPriority.High, 19)]
    [InlineData(RequestPriority.Critical, 20)]
    public void Gate_ThatFills_RefusesTheLeastImportantFirst(RequestPriority priority, int taken)
    {
        Assert.Equal(taken, Enumerable.Range(0, 30).Count(_ => _gate.TryEnter(priority)));
        Assert.Equal(taken, _gate.InFlight);

        _gate.Exit();
        Assert.True(_gate.TryEnter(priority));
    }

    [Fact]
    public void Request_WhosePriorityIsKnownLater_MayStayOnlyWhileThereIsRoomForIt()
    {
        for (var i = 0; i < 17; i++)
        {
            Assert.True(_gate.TryEnter(RequestPriority.Critical));
        }

        Assert.True(_gate.Keeps(RequestPriority.Normal));
        Assert.False(_gate.Keeps(RequestPriority.Batch));
        Assert.True(_gate.TryEnter(RequestPriority.Critical));
        Assert.False(_gate.Keeps(RequestPriority.Normal));
        Assert.True(_gate.Keeps(RequestPriority.High));
    }

    [Fact]
    public void Memory_ThatIsUsedUp_LeavesRoomForCriticalRequestsOnly()
    {
        _gate.IsOutOfMemory = true;

        Assert.Equal([false, false, false, true], Enum.GetValues<RequestPriority>().Select(priority => _gate.TryEnter(priority)));
    }

    [Fact]
    public void Memory_ThatFills_IsCollectedFirst_ThenClosesTheGateUntilThereIsRoom()
    {
        var memory = new FakeMemory { AfterCollection = 700 };
        memory.Use(900);
        using var watch = new OverloadWatch(new ReloadableOptions(), _gate, memory, TimeProvider.System, NullLogger<OverloadWatch>.Instance);
        var overload = new OverloadOptions { MemoryShare = 0.8 };

        watch.WatchMemory(overload);
        Assert.Equal((1, false), (memory.Collections, _gate.IsOutOfMemory));

        memory.AfterCollection = 850;
        memory.Use(900);
        watch.WatchMemory(overload);
        watch.WatchMemory(overload);
        Assert.Equal((2, true), (memory.Collections, _gate.IsOutOfMemory));

        memory.Use(800);
        watch.WatchMemory(overload);
        Assert.False(_gate.IsOutOfMemory);
        memory.Use(1_000);
        watch.WatchMemory(new OverloadOptions { MemoryShare = 0 });
        Assert.False(_gate.IsOutOfMemory);
    }

    [Fact]
    public void Memory_OfThisProcess_IsFarFromItsLimit()
    {
        var memory = new ProcessMemory();

        Assert.InRange(memory.UsedBytes, 1, memory.AllowedBytes);
    }

    [Fact]
    public void Gate_ByDefault_LeavesNormalRequestsTheTenThousandConnectionsThatListenersTake()
    {
        using var gate = new AdmissionGate(new ReloadableOptions(), new RandomSource(1), _metrics);

        Assert.Equal(10_200, Enumerable.Range(0, 12_000).Count(_ => gate.TryEnter(RequestPriority.Normal)));
    }

    [Theory]
    [InlineData("batch", "normal", false, null)]
    [InlineData("normal", "normal", false, null)]
    [InlineData("high", "normal", false, 403)]
    [InlineData("critical", "high", false, 403)]
    [InlineData("critical", "normal", true, null)]
    [InlineData("high", "critical", false, null)]
    [InlineData("urgent", "critical", true, 400)]
    [InlineData("Batch", "critical", true, 400)]
    public void Header_LowersAPriority_AndRaisesItWithThePermissionOnly(string wanted, string own, bool mayRaise, int? status)
    {
        var exchange = new Exchange(new DefaultHttpContext(), InferenceOperation.ChatCompletions, null!, TimeProvider.System) { RequestId = "r", Region = "here" };
        var caller = new Caller
        {
            Subject = "key:a",
            Name = "a",
            IsLimited = true,
            Permissions = Permission.Inference | (mayRaise ? Permission.PriorityRaise : Permission.None),
            Priority = PriorityNames.Read(own)!.Value,
        };
        var events = new SecurityEvents(TimeProvider.System);

        var refusal = RequestedPriority.Read(new HeaderDictionary { ["x-proxy-priority"] = wanted }, out var read);
        exchange.WantedPriority = read;
        refusal ??= RequestedPriority.Refuse(exchange, caller, new PermissionGate(events));

        Assert.Equal(status, refusal?.Status);
        Assert.Equal(
            status == 403 ? [SecurityEventType.PermissionDenied] : read > caller.Priority ? [SecurityEventType.PrivilegeUsed] : [],
            events.Latest().Select(static one => one.Type));
    }

    [Fact]
    public void Header_ThatIsNotThere_AsksForNothing()
    {
        Assert.Null(RequestedPriority.Read(new HeaderDictionary(), out var wanted));
        Assert.Null(wanted);
    }

    [Fact]
    public void Names_OfEachPriority_AreReadBack() =>
        Assert.All(Enum.GetValues<RequestPriority>(), priority => Assert.Equal(priority, PriorityNames.Read(PriorityNames.Of(priority))));

    [Fact]
    public void Names_OfEachKindAndResult_Differ()
    {
        Assert.Equal(["elsewhere", "again", "refused"], Enum.GetValues<RetryKind>().Select(ResilienceMetrics.NameOf));
        Assert.Equal(["won", "lost", "failed"], Enum.GetValues<HedgeResult>().Select(ResilienceMetrics.NameOf));
    }

    private sealed class FakeMemory : MemoryUse
    {
        private long _used;

        public override long UsedBytes => _used;

        public override long AllowedBytes => 1_000;

        public long AfterCollection { get; set; }

        public int Collections { get; private set; }

        public void Use(long bytes) => _used = bytes;

        public override void Collect()
        {
            Collections++;
            _used = AfterCollection;
        }
    }
}

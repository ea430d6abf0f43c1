using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.Tests.Unit.RateLimiting;

namespace ProxyCluster.Tests.Unit.Resilience;

/// <summary>Gateways around a real book of slots, which stands where the provider's grain would; one clock for all.</summary>
internal sealed class SlotGrains : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IGrainFactory _factory;
    private readonly SlotBook _book;

    /// <param name="capacity">All slots of the provider.</param>
    /// <param name="isNew">Whether the book was just made, and not before any lease that may still be in use.</param>
    public SlotGrains(int capacity, bool isNew = false)
    {
        Provider = new ProviderDefinition { Name = "p", Type = "openai", MaxConcurrency = capacity };
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        _book = new SlotBook(Clock.GetUtcNow() - (isNew ? TimeSpan.Zero : SlotBook.LeaseTimeToLive));
        _factory = DispatchProxy.Create<IGrainFactory, SlotFactoryProxy>();
        ((SlotFactoryProxy)_factory).Grains = this;
    }

    public FakeTimeProvider Clock { get; }

    public ProviderDefinition Provider { get; }

    public bool IsSilent { get; set; }

    /// <summary>What an answer waits for; <see langword="null"/>: nothing.</summary>
    public Task? Slow { get; set; }

    public int Calls { get; private set; }

    public SlotLeases Gateway(int gateways) => Gateway(() => gateways);

    public SlotLeases Gateway(Func<int> gateways) => new(
        _factory,
        new CountedSnapshot(gateways),
        new GatewayIdentity(),
        new ReloadableOptions(),
        new ResilienceMetrics(_services.GetRequiredService<IMeterFactory>()),
        Clock,
        NullLogger<SlotLeases>.Instance);

    /// <summary>The way in to a gateway's providers.</summary>
    public ProviderEntrance Entrance(SlotLeases gateway) =>
        new(new ReloadableOptions(), gateway, new ResilienceMetrics(_services.GetRequiredService<IMeterFactory>()));

    public void Dispose() => _services.Dispose();

    public async Task<SlotGrant> RenewAsync(SlotRequest request)
    {
        Calls++;
        if (IsSilent)
        {
            throw new TimeoutException("silent");
        }

        await (Slow ?? Task.CompletedTask);
        return _book.Renew(request, Provider.MaxConcurrency, Clock.GetUtcNow());
    }

    private sealed class CountedSnapshot(Func<int> gateways) : IRoutingSnapshotSource
    {
        private RoutingSnapshot _current = RoutingSnapshot.Empty with { IsStale = false };

        public RoutingSnapshot Current =>
            gateways() is var count && count == _current.ActiveGateways ? _current : _current = _current with { ActiveGateways = count };
    }
}

/// <summary>Answers <c>GetGrain</c>.</summary>
public class SlotFactoryProxy : DispatchProxy
{
    internal SlotGrains Grains { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal("GetGrain", targetMethod!.Name);
        var grain = Create<IProviderGrain, SlotGrainProxy>();
        ((SlotGrainProxy)grain).Grains = Grains;
        return grain;
    }
}

/// <summary>Answers <c>RenewSlotsAsync</c>.</summary>
public class SlotGrainProxy : DispatchProxy
{
    internal SlotGrains Grains { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal("RenewSlotsAsync", targetMethod!.Name);
        return new ValueTask<SlotGrant>(Grains.RenewAsync((SlotRequest)args![0]!));
    }
}

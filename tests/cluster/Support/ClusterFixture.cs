using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;
using ProxyCluster.Core.Audit;
using ProxyCluster.GrainInterfaces.Routing;
using ProxyCluster.Grains;

namespace ProxyCluster.Tests.Cluster.Support;

/// <summary>
/// A cluster of in-process silos whose grains live by a clock that only the test moves, over a store that outlives
/// them. One a test class (<see cref="IClassFixture{T}"/>), or <c>await using</c> one for a test that kills silos.
/// </summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private const string StorageName = "Default";

    private static readonly TimeSpan StopStep = TimeSpan.FromMilliseconds(50);

    private readonly int _silos;
    private InProcessTestCluster? _cluster;

    public ClusterFixture()
        : this(1)
    {
    }

    private ClusterFixture(int silos) => _silos = silos;

    /// <summary>The grains' time.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>What all silos store in.</summary>
    public SharedMemoryStorage Storage { get; } = new();

    /// <summary>Who has asked the routing table, and a way to keep it silent.</summary>
    internal TableCalls TableCalls { get; } = new();

    /// <summary>What the cluster's audit logs are sealed with.</summary>
    internal static AuditKeys AuditKeys { get; } = new(Enumerable.Repeat((byte)7, 32).ToArray());

    public InProcessTestCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster was not started.");

    /// <summary>The cluster as a client sees it.</summary>
    public IGrainFactory Grains => Cluster.Client;

    public static async Task<ClusterFixture> StartAsync(int silos)
    {
        var fixture = new ClusterFixture(silos);
        await fixture.InitializeAsync();
        return fixture;
    }

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder((short)_silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));

            // Only the grains' time is fake: the silo's own loops would run inline in Advance and hang.
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services.AddKeyedSingleton(StorageName, (services, _) => Storage.For(services.GetRequiredService<Serializer>()));
            silo.Services.AddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(StorageName));
            silo.Services.AddGrains();
            silo.Services.AddSingleton(AuditKeys);
            silo.AddIncomingGrainCallFilter(TableCalls);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is null)
        {
            return;
        }

        // A silo waits for the polls under way, and on this clock their end does not come by itself.
        var stopping = _cluster.DisposeAsync().AsTask();
        while (await Task.WhenAny(stopping, Task.Delay(StopStep, TimeProvider.System)) != stopping)
        {
            Clock.Advance(RoutingTable.LongestWait);
        }

        await stopping;
    }

    /// <summary>Moves the grains' time in steps, so that every timer that falls due on the way fires.</summary>
    public void Advance(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            Clock.Advance(step);
        }
    }
}

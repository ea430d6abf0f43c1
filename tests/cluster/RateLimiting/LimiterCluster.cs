using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GrainInterfaces.RateLimiting;
using ProxyCluster.Grains;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Tests.Cluster.RateLimiting;

/// <summary>Two silos with the store and the clock in the test's hand.</summary>
public sealed class LimiterCluster : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;
    private int _subjects;

    internal FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    internal SharedStorage Storage { get; } = new();

    internal LimiterOptions Options { get; } = new();

    internal InProcessTestCluster Cluster => _cluster!;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services.AddGrains();
            silo.Services.AddSingleton<IOptionsMonitor<ProxyClusterOptions>>(Options);
            silo.Services.AddGrainStorage(StorageNames.Grants, (_, _) => Storage);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();

    /// <summary>The limiter of a subject that no other test uses.</summary>
    internal IRateLimiterGrain NewLimiter() => Cluster.Client.GetGrain<IRateLimiterGrain>($"key:test{Interlocked.Increment(ref _subjects)}");

    internal static LeaseRequest Ask(int wanted, params LeaseReport[] returned) => new(Guid.NewGuid(), Guid.NewGuid(), wanted, [.. returned], wanted);
}

/// <summary>The configuration in force.</summary>
internal sealed class LimiterOptions : IOptionsMonitor<ProxyClusterOptions>
{
    public ProxyClusterOptions CurrentValue { get; set; } = new() { RateLimits = new RateLimitOptions { RequestsPerMinute = 10, RequestsPerHour = 0, Block = false } };

    public ProxyClusterOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
}

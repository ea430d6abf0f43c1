using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>Gateways around real lease books, which stand where the grains would; one clock for all.</summary>
internal sealed class LimiterFixture : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<LeasedLimiter> _gateways = [];

    public LimiterFixture(int perMinute, bool block = false, string onDown = "share", int gateways = 1)
    {
        Options = new ReloadableOptions();
        Options.CurrentValue.RateLimits = new RateLimitOptions { RequestsPerMinute = perMinute, RequestsPerHour = 0, Block = block, OnLimiterDown = onDown };
        Grains = new BookGrains(Clock, Options);
        for (var i = 0; i < gateways; i++)
        {
            _gateways.Add(new LeasedLimiter(
                Grains.Factory,
                new FixedSnapshot(gateways),
                new GatewayIdentity(),
                Options,
                Clock,
                new RateLimitingMetrics(_services.GetRequiredService<IMeterFactory>()),
                NullLogger<LeasedLimiter>.Instance));
        }
    }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    public ReloadableOptions Options { get; }

    public BookGrains Grains { get; }

    public LeasedLimiter this[int gateway] => _gateways[gateway];

    public static Caller Caller(string subject = "key:abc") => new() { Subject = subject, Name = subject, IsAdmin = false, IsLimited = true };

    public ValueTask<LimitDecision> Acquire(Caller caller, int gateway = 0) => _gateways[gateway].AcquireAsync(caller, TestContext.Current.CancellationToken);

    public async Task UpkeepAsync()
    {
        foreach (var gateway in _gateways)
        {
            foreach (var subject in gateway.Tidy())
            {
                await subject.CallAsync(SubjectLimiter.OnlyReport);
            }
        }
    }

    public void Dispose()
    {
        _gateways.ForEach(gateway => gateway.Dispose());
        _services.Dispose();
    }

    private sealed class FixedSnapshot(int gateways) : IRoutingSnapshotSource
    {
        public RoutingSnapshot Current { get; } = RoutingSnapshot.Empty with { ActiveGateways = gateways, IsStale = false };
    }
}

/// <summary>Options that a test changes, as a reload would.</summary>
internal sealed class ReloadableOptions : IOptionsMonitor<ProxyClusterOptions>
{
    private Action<ProxyClusterOptions, string?>? _listeners;

    public ProxyClusterOptions CurrentValue { get; private set; } = new();

    public ProxyClusterOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener)
    {
        _listeners += listener;
        return null;
    }

    public void Reload(RateLimitOptions limits)
    {
        CurrentValue = new ProxyClusterOptions { RateLimits = limits };
        _listeners?.Invoke(CurrentValue, null);
    }
}

/// <summary>How the limiter grains of a test behave.</summary>
internal enum GrainMood
{
    Answers,
    Fails,
    Silent,
}

/// <summary>Limiter grains without a cluster: a book for each subject.</summary>
internal sealed class BookGrains
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LeaseBook> _books = [];
    private readonly TimeProvider _clock;
    private readonly IOptionsMonitor<ProxyClusterOptions> _options;

    public BookGrains(TimeProvider clock, IOptionsMonitor<ProxyClusterOptions> options)
    {
        _clock = clock;
        _options = options;
        Factory = DispatchProxy.Create<IGrainFactory, LimiterFactoryProxy>();
        ((LimiterFactoryProxy)Factory).Grains = this;
    }

    public IGrainFactory Factory { get; }

    public GrainMood Mood { get; set; }

    public int Calls { get; private set; }

    public List<LeaseRequest> Requests { get; } = [];

    public LeaseBook Book(string subject = "key:abc")
    {
        lock (_gate)
        {
            return _books.TryGetValue(subject, out var book) ? book : _books[subject] = new LeaseBook();
        }
    }

    public int Remaining(string subject = "key:abc") => Decide(subject, new LeaseRequest(Guid.Empty, Guid.NewGuid(), 0, [])).Windows[0].Remaining;

    public Task<LeaseGrant> LeaseAsync(string subject, LeaseRequest request)
    {
        lock (_gate)
        {
            Calls++;
            Requests.Add(request);
        }

        return Mood switch
        {
            GrainMood.Fails => Task.FromException<LeaseGrant>(new Orleans.Runtime.OrleansException("Error from storage provider")),
            GrainMood.Silent => new TaskCompletionSource<LeaseGrant>().Task,
            _ => Task.FromResult(Decide(subject, request)),
        };
    }

    private LeaseGrant Decide(string subject, LeaseRequest request)
    {
        var limits = _options.CurrentValue.RateLimits;
        lock (_gate)
        {
            return Book(subject).Lease(request, new LimitSettings(limits.RequestsPerMinute, limits.RequestsPerHour, limits.Block), _clock.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }
}

/// <summary>Answers <c>GetGrain</c>.</summary>
public class LimiterFactoryProxy : DispatchProxy
{
    internal BookGrains Grains { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal("GetGrain", targetMethod!.Name);
        var grain = Create<IRateLimiterGrain, LimiterGrainProxy>();
        ((LimiterGrainProxy)grain).Grains = Grains;
        ((LimiterGrainProxy)grain).Subject = (string)args![0]!;
        return grain;
    }
}

/// <summary>Answers <c>LeaseAsync</c>.</summary>
public class LimiterGrainProxy : DispatchProxy
{
    internal BookGrains Grains { get; set; } = null!;

    internal string Subject { get; set; } = "";

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal("LeaseAsync", targetMethod!.Name);
        return new ValueTask<LeaseGrant>(Grains.LeaseAsync(Subject, (LeaseRequest)args![0]!));
    }
}

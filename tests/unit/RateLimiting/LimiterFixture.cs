using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Audit;
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
        : this(new RateLimitOptions { RequestsPerMinute = perMinute, RequestsPerHour = 0, Block = block, OnLimiterDown = onDown }, gateways)
    {
    }

    public LimiterFixture(RateLimitOptions limits, int gateways = 1)
    {
        Options = new ReloadableOptions();
        Options.CurrentValue.RateLimits = limits;
        Events = new SecurityEvents(Clock);
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
                Events,
                NullLogger<LeasedLimiter>.Instance));
        }
    }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    public ReloadableOptions Options { get; }

    public SecurityEvents Events { get; }

    public BookGrains Grains { get; }

    public LeasedLimiter this[int gateway] => _gateways[gateway];

    /// <summary>A caller that counts against each of the subjects.</summary>
    public static Caller Caller(params string[] subjects) => Caller(null, subjects);

    public static Caller Caller(LimitSet? own, params string[] subjects)
    {
        string[] all = subjects.Length == 0 ? ["key:abc"] : subjects;
        return new() { Subject = all[0], Name = all[0], IsLimited = true, Accounts = [.. all.Select(subject => new Account(subject) { Limits = own })] };
    }

    public ValueTask<LimitDecision> Acquire(Caller caller, int gateway = 0, string? model = null) =>
        _gateways[gateway].AcquireAsync(new LimitedRequest(caller, model), TestContext.Current.CancellationToken);

    /// <summary>Whose limits the security events told of, and what: each source once.</summary>
    public (string? Subject, string Detail)[] Told =>
        [.. Events.Latest().Where(told => told.Type == SecurityEventType.RateLimitExceeded).Select(told => (told.Subject, told.Detail)).Distinct()];

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

    /// <summary>Lets idle tokens go back. Refills that requests started may still be under way, so it takes some rounds of three seconds.</summary>
    public async Task ReturnAllAsync()
    {
        for (var round = 0; round < 8 && (round == 0 || Grains.Outstanding > 0); round++)
        {
            Clock.Advance(TimeSpan.FromSeconds(3));
            await UpkeepAsync();
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

    /// <summary>It decides and stores, and its answer is lost.</summary>
    Loses,

    /// <summary>It decides and stores, and its answer comes once the test lets it.</summary>
    Late,
}

/// <summary>Limiter grains without a cluster: a book for each subject.</summary>
internal sealed class BookGrains
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LeaseBook> _books = [];
    private readonly Dictionary<string, SlotBook> _slots = [];
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

    /// <summary>The one subject whose grain has the mood; <see langword="null"/>: all have.</summary>
    public string? Moody { get; set; }

    /// <summary>Lets answers come that are <see cref="GrainMood.Late"/>.</summary>
    public TaskCompletionSource LateAnswers { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int SlotCalls { get; private set; }

    public int Calls { get; private set; }

    /// <summary>Whose limiters were asked.</summary>
    public IEnumerable<string> Subjects => _books.Keys.Order(StringComparer.Ordinal);

    /// <summary>Waits until so many calls have come.</summary>
    public async Task AskedAsync(int calls)
    {
        while (true)
        {
            lock (_gate)
            {
                if (Calls >= calls)
                {
                    return;
                }
            }

            await Task.Yield();
        }
    }

    public List<LeaseRequest> Requests { get; } = [];

    public LeaseBook Book(string subject = "key:abc")
    {
        lock (_gate)
        {
            return _books.TryGetValue(subject, out var book) ? book : _books[subject] = new LeaseBook();
        }
    }

    /// <summary>Another silo reads what was stored.</summary>
    public void MoveBook(string subject = "key:abc")
    {
        lock (_gate)
        {
            _books[subject] = LeaseBook.Decode(_books[subject].Encode());
        }
    }

    /// <summary>Tokens in gateways' hands, of all subjects.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _books.Values.Sum(static book => book.Outstanding);
            }
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

        return As(MoodOf(subject), () => Decide(subject, request));
    }

    public Task<SlotGrant> RenewSlotsAsync(string subject, SlotRequest request, int capacity)
    {
        lock (_gate)
        {
            SlotCalls++;
            return As(MoodOf(subject), () => Slots(subject).Renew(request, capacity, _clock.GetUtcNow()));
        }
    }

    /// <summary>Slots that are promised to gateways.</summary>
    public int Promised(string subject = "key:abc")
    {
        lock (_gate)
        {
            return Slots(subject).Outstanding(_clock.GetUtcNow());
        }
    }

    private SlotBook Slots(string subject) => _slots.TryGetValue(subject, out var book) ? book : _slots[subject] = new SlotBook(_clock.GetUtcNow() - SlotBook.LeaseTimeToLive);

    private GrainMood MoodOf(string subject) => Moody is null || Moody == subject ? Mood : GrainMood.Answers;

    private Task<T> As<T>(GrainMood mood, Func<T> answer) => mood switch
    {
        GrainMood.Fails => Task.FromException<T>(new Orleans.Runtime.OrleansException("Error from storage provider")),
        GrainMood.Loses => Lose(answer()),
        GrainMood.Late => Hold(answer()),
        GrainMood.Silent => new TaskCompletionSource<T>().Task,
        _ => Task.FromResult(answer()),
    };

    private async Task<T> Hold<T>(T answer)
    {
        await LateAnswers.Task;
        return answer;
    }

    private static Task<T> Lose<T>(T answer) => Task.FromException<T>(new TimeoutException($"Lost: {answer}"));

    private LeaseGrant Decide(string subject, LeaseRequest request)
    {
        var limits = _options.CurrentValue.RateLimits;
        lock (_gate)
        {
            var settings = request.Limits ?? SubjectLimits.Of(limits, LimitSubject.LevelOf(subject)).Requests;
            return Book(subject).Lease(request, settings, _clock.GetUtcNow().ToUnixTimeMilliseconds());
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

/// <summary>Answers <c>LeaseAsync</c> and <c>RenewSlotsAsync</c>.</summary>
public class LimiterGrainProxy : DispatchProxy
{
    internal BookGrains Grains { get; set; } = null!;

    internal string Subject { get; set; } = "";

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == "RenewSlotsAsync")
        {
            return new ValueTask<SlotGrant>(Grains.RenewSlotsAsync(Subject, (SlotRequest)args![0]!, (int)args[1]!));
        }

        Assert.Equal("LeaseAsync", targetMethod.Name);
        return new ValueTask<LeaseGrant>(Grains.LeaseAsync(Subject, (LeaseRequest)args![0]!));
    }
}

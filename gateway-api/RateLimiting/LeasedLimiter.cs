using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Holds callers to their limits from leases in memory; the limiter grain of a subject is asked only for more of them.</summary>
internal sealed class LeasedLimiter : IRequestLimiter, IDisposable
{
    private const int ManySubjects = 100_000;
    private const long IdleMilliseconds = 90_000;
    private const long IdleWhenManyMilliseconds = 12_000;

    private readonly ConcurrentDictionary<string, SubjectLimiter> _subjects = new(StringComparer.Ordinal);
    private readonly LimiterSurroundings _around;
    private readonly IDisposable? _changes;

    /// <summary>Makes the limiter of this gateway.</summary>
    public LeasedLimiter(
        IGrainFactory grains,
        IRoutingSnapshotSource snapshots,
        GatewayIdentity identity,
        IOptionsMonitor<ProxyClusterOptions> options,
        TimeProvider time,
        RateLimitingMetrics metrics,
        ILogger<LeasedLimiter> logger)
    {
        var policy = LimiterPolicy.From(options.CurrentValue.RateLimits);
        _around = new LimiterSurroundings(grains, snapshots, identity, new LimiterClock(time), metrics, policy, logger);
        _changes = options.OnChange(Change);
    }

    /// <summary>The clock that leases end by.</summary>
    public LimiterClock Clock => _around.Clock;

    /// <inheritdoc/>
    public ValueTask<LimitDecision> AcquireAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.IsLimited || !_around.Policy.Limits.Any)
        {
            return new(LimitDecision.Unlimited);
        }

        var subject = caller.LimiterState as SubjectLimiter ?? Attach(caller);
        return subject.TryTake(_around.Clock.Now, out var decision) ? new(decision) : WaitAsync(caller, subject, cancellationToken);
    }

    /// <summary>Drops idle subjects, and tells which must be reported now.</summary>
    public List<SubjectLimiter> Tidy()
    {
        var now = _around.Clock.Now;
        var idle = _subjects.Count > ManySubjects ? IdleWhenManyMilliseconds : IdleMilliseconds;
        var due = new List<SubjectLimiter>();
        foreach (var (name, subject) in _subjects)
        {
            if (subject.NeedsCall(now))
            {
                due.Add(subject);
            }
            else if (subject.TryEvict(now, idle))
            {
                _subjects.TryRemove(new KeyValuePair<string, SubjectLimiter>(name, subject));
            }
        }

        return due;
    }

    /// <summary>Closes every lease, and tells who owes a report.</summary>
    public List<SubjectLimiter> RetireAll()
    {
        var owing = new List<SubjectLimiter>();
        foreach (var (_, subject) in _subjects)
        {
            subject.Retire();
            if (subject.OwesReport(_around.Clock.Now))
            {
                owing.Add(subject);
            }
        }

        return owing;
    }

    /// <inheritdoc/>
    public void Dispose() => _changes?.Dispose();

    private async ValueTask<LimitDecision> WaitAsync(Caller caller, SubjectLimiter subject, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await subject.WaitAsync(cancellationToken) is { } decision)
            {
                return decision;
            }

            subject = Attach(caller);
        }
    }

    // Two caller objects of one subject share its leases.
    private SubjectLimiter Attach(Caller caller)
    {
        while (true)
        {
            var subject = _subjects.GetOrAdd(caller.Subject, static (name, around) => new SubjectLimiter(name, around), _around);
            if (!subject.IsEvicted)
            {
                caller.LimiterState = subject;
                return subject;
            }

            _subjects.TryRemove(new KeyValuePair<string, SubjectLimiter>(caller.Subject, subject));
        }
    }

    private void Change(ProxyClusterOptions options)
    {
        var policy = LimiterPolicy.From(options.RateLimits);
        if (policy == _around.Policy)
        {
            return;
        }

        // Tokens granted under the old limits would outlive them by a lease's life.
        _around.Policy = policy;
        RetireAll();
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>
/// Holds callers to their limits from leases in memory: those of the key, of its user and team, and of the model asked for. The
/// limiter grain of a subject is asked only for more of them.
/// </summary>
internal sealed class LeasedLimiter : IRequestLimiter, IDisposable
{
    private const int ManySubjects = 100_000;
    private const long IdleMilliseconds = 90_000;
    private const long IdleWhenManyMilliseconds = 12_000;

    private readonly ConcurrentDictionary<string, SubjectLimiter> _subjects = new(StringComparer.Ordinal);
    private readonly LimiterSurroundings _around;
    private readonly RefusalReports _reports;
    private readonly IDisposable? _changes;

    /// <summary>Makes the limiter of this gateway.</summary>
    public LeasedLimiter(
        IGrainFactory grains,
        IRoutingSnapshotSource snapshots,
        GatewayIdentity identity,
        IOptionsMonitor<ProxyClusterOptions> options,
        TimeProvider time,
        RateLimitingMetrics metrics,
        SecurityEvents events,
        ILogger<LeasedLimiter> logger)
    {
        var policy = LimiterPolicy.From(options.CurrentValue.RateLimits);
        _around = new LimiterSurroundings(grains, snapshots, identity, new LimiterClock(time), metrics, policy, logger);
        _reports = new RefusalReports(metrics, events);
        _changes = options.OnChange(Change);
    }

    /// <summary>The clock that leases end by.</summary>
    public LimiterClock Clock => _around.Clock;

    /// <summary>Subjects that are known here.</summary>
    public int Subjects => _subjects.Count;

    /// <inheritdoc/>
    public ValueTask<LimitDecision> AcquireAsync(in LimitedRequest request, CancellationToken cancellationToken)
    {
        if (!request.Caller.IsLimited)
        {
            return new(LimitDecision.Unlimited);
        }

        var takes = Collect(request);
        if (takes.Count == 0)
        {
            return new(LimitDecision.Unlimited);
        }

        return Admission.TryTakeAll(takes.AsSpan(), _around.Clock.Now, out var decision)
            ? new(decision)
            : WaitAsync(request, takes.AsSpan().ToArray(), cancellationToken);
    }

    /// <inheritdoc/>
    public void Release(in LimitDecision admitted) => admitted.Slots.Exit();

    /// <summary>Drops idle subjects, and tells which must be reported now. Places in flight are renewed on the way.</summary>
    public List<SubjectLimiter> Tidy()
    {
        var now = _around.Clock.Now;
        var idle = _subjects.Count > ManySubjects ? IdleWhenManyMilliseconds : IdleMilliseconds;
        var due = new List<SubjectLimiter>();
        foreach (var (name, subject) in _subjects)
        {
            // Not awaited: one whose limiter is slow must not keep the others waiting, and each has one call under way.
            _ = subject.Slots?.Tidy();
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

    /// <summary>Gives places in flight back: the process ends.</summary>
    public Task ReturnSlotsAsync() =>
        Task.WhenAll(_subjects.Values.Where(subject => subject.Slots is { IsIdle: false }).Select(subject => subject.Slots!.ReturnAsync()));

    /// <inheritdoc/>
    public void Dispose() => _changes?.Dispose();

    private LevelTakes Collect(in LimitedRequest request)
    {
        var takes = default(LevelTakes);
        var caller = request.Caller;
        if (caller.Accounts.IsDefaultOrEmpty)
        {
            // A caller of whom no more is known is limited by its own name.
            Add(ref takes, caller.LimiterState as Account ?? AccountOf(caller), null);
        }
        else
        {
            var given = caller.Accounts[0].Limits;
            foreach (var account in caller.Accounts)
            {
                Add(ref takes, account, given);
            }
        }

        if (request.Model is { } model && _around.Policy.AccountOf(model) is { } models)
        {
            Add(ref takes, models, null);
        }

        return takes;
    }

    private static Account AccountOf(Caller caller)
    {
        var account = new Account(caller.Subject);
        caller.LimiterState = account;
        return account;
    }

    private void Add(ref LevelTakes takes, Account account, LimitSet? given)
    {
        var own = account.Limits;
        var subject = account.LimiterState as SubjectLimiter;
        if (subject is null or { IsEvicted: true })
        {
            if (!_around.Policy.Of(account.Subject, own).Any)
            {
                return;
            }

            subject = Attach(account, own);
        }

        subject.Observe(own);
        if (subject.Limits.Any)
        {
            takes.Add(subject, given is not null && subject.GivesWayTo(given) ? LevelState.Passed : LevelState.Nothing);
        }
    }

    private async ValueTask<LimitDecision> WaitAsync(LimitedRequest request, LevelTake[] takes, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await new AdmissionWait(takes, request, _around.Clock, _reports).RunAsync(cancellationToken) is { } decision)
            {
                return decision;
            }

            takes = Collect(request).AsSpan().ToArray();
        }
    }

    // Two accounts of one subject share its leases.
    private SubjectLimiter Attach(Account account, LimitSet? own)
    {
        while (true)
        {
            var subject = _subjects.GetOrAdd(
                account.Subject, static (name, with) => new SubjectLimiter(name, with.Around, with.Own), (Around: _around, Own: own));
            if (subject.TryServe(account))
            {
                return subject;
            }

            _subjects.TryRemove(new KeyValuePair<string, SubjectLimiter>(account.Subject, subject));
        }
    }

    private void Change(ProxyClusterOptions options)
    {
        _around.Policy = LimiterPolicy.From(options.RateLimits);
        foreach (var (_, subject) in _subjects)
        {
            subject.ObservePolicy();
        }
    }
}

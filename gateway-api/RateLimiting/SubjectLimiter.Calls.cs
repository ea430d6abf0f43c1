using System.Collections.Immutable;
using Orleans.Runtime.Messaging;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <content>The one call to the limiter grain that is under way, what it tells, and what it brings.</content>
internal sealed partial class SubjectLimiter
{
    // Tokens for two seconds of the observed rate: a call or so a second at any rate, and little parked when load moves away.
    private const double BatchSeconds = 2;
    private const double BatchMargin = 1.2;

    // A lease ends here before it ends at the limiter: no use reaches a provider after that.
    private const int SafetyMilliseconds = 200;
    private const int CallDeadlineMilliseconds = 2_000;
    private const int RetryWhenDownMilliseconds = 500;

    /// <summary>For <see cref="CallAsync"/>: asks for nothing.</summary>
    public const int OnlyReport = -1;

    private Task? _call;
    private Guid _requestId;
    private long _requestFirstSentAt;
    private bool _outcomeUnknown;
    private bool _readsRuns;
    private long _ratedAt = long.MinValue;
    private double _perMillisecond;
    private long _ratedUses;

    /// <summary>Reports, and asks for tokens; joins the call that is under way. Never throws.</summary>
    /// <param name="least">Tokens wanted at least; <see cref="OnlyReport"/>: none.</param>
    public Task CallAsync(int least)
    {
        lock (_gate)
        {
            return _call is { IsCompleted: false } call ? call : _call = Task.Run(() => CallOnceAsync(least));
        }
    }

    private async Task CallOnceAsync(int least)
    {
        var sentAt = _around.Clock.Now;
        LeaseRequest request;
        List<Sent> sent;
        lock (_gate)
        {
            (request, sent) = Prepare(sentAt, least);
        }

        try
        {
            var grant = await AskAsync(request);
            lock (_gate)
            {
                Accept(request, grant, sentAt, sent);
            }

            _around.Metrics.Answered(request.Wanted, grant.Tokens);
        }
        catch (Exception failure)
        {
            _around.Metrics.CallFailed();
            lock (_gate)
            {
                _outcomeUnknown |= request.Wanted > 0;
                MarkDown(failure);
            }
        }
        finally
        {
            lock (_gate)
            {
                // Kept, it would be the largest part of an idle subject.
                _call = null;
            }
        }
    }

    // The cases in which the call surely has not run are tried again at once, with the same name; a time-out never.
    private async Task<LeaseGrant> AskAsync(LeaseRequest request)
    {
        try
        {
            return await SendAsync(request);
        }
        catch (Exception failure) when (failure is OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException)
        {
            var jitter = 50 + request.RequestId.ToByteArray()[0] % 64;
            await Task.Delay(TimeSpan.FromMilliseconds(jitter), _around.Clock.Time);
            return await SendAsync(request);
        }
    }

    private Task<LeaseGrant> SendAsync(LeaseRequest request) =>
        _around.Grain(Subject).LeaseAsync(request).AsTask().WaitAsync(TimeSpan.FromMilliseconds(CallDeadlineMilliseconds), _around.Clock.Time);

    private (LeaseRequest Request, List<Sent> Sent) Prepare(long now, int least)
    {
        Rotate(now);
        var wanted = NameRequest(now, least);
        var sent = new List<Sent>();
        var reports = ImmutableArray.CreateBuilder<LeaseReport>();
        foreach (var lease in Leases())
        {
            // In this order: what is settled is not used any more.
            var settled = lease.IsSettled;
            var used = lease.Used;
            if (used > lease.Acknowledged || settled)
            {
                reports.Add(Report(lease, used, now, settled));
                sent.Add(new Sent(lease, used, settled));
            }
        }

        var request = new LeaseRequest(
            _around.Identity.Id,
            _requestId,
            wanted,
            reports.DrainToImmutable(),
            Math.Max(0, least),
            UnleasedAges(now),
            _limits.Requests,
            _unleasedFirst,
            _limits.WhenDown == OnLimiterDown.Share);
        return (request, sent);
    }

    // A call whose answer was lost keeps its name while the lease that it may have brought lasts. Then that goes back unused, and at
    // once where requests were admitted alone meanwhile: its tokens and those would be more than there was.
    private int NameRequest(long now, int least)
    {
        var wanted = least < 0 ? 0 : Wanted(now, least);
        var renewed = wanted > 0 && (!_outcomeUnknown || _unleased.Count > 0 || now - _requestFirstSentAt >= LeaseBook.LeaseTimeToLive.TotalMilliseconds);
        if (renewed || _requestId == Guid.Empty)
        {
            Close(_outcomeUnknown ? new HeldLease(_requestId, 0, _requestFirstSentAt, now) : null);
            _outcomeUnknown = false;
            _requestId = Guid.NewGuid();
            _requestFirstSentAt = now;
        }

        return wanted;
    }

    // A limiter of an earlier release would pass runs over and give used tokens back: it must say that it reads them.
    private LeaseReport Report(HeldLease lease, int used, long now, bool settled)
    {
        var ages = Ages(lease, used, now);
        return _readsRuns && ages.Length > UsedRuns.MostSingly
            ? new LeaseReport(lease.Id, [], settled, lease.Acknowledged, UsedRuns.Join(ages.AsSpan(), _limits.Requests.IsExact))
            : new LeaseReport(lease.Id, ages, settled, lease.Acknowledged);
    }

    private static ImmutableArray<int> Ages(HeldLease lease, int used, long now)
    {
        var ages = ImmutableArray.CreateBuilder<int>(used - lease.Acknowledged);
        for (var i = lease.Acknowledged; i < used; i++)
        {
            ages.Add((int)(now - (lease.UsedAt(i) ?? now)) - TransitMilliseconds);
        }

        return ages.MoveToImmutable();
    }

    private int Wanted(long now, int least)
    {
        var sinceRated = _ratedAt == long.MinValue ? 0 : now - _ratedAt;
        if (sinceRated > 0)
        {
            var weight = 1 - Math.Exp(-sinceRated / (BatchSeconds * 1000));
            _perMillisecond += weight * (((double)(_uses - _ratedUses) / sinceRated) - _perMillisecond);
        }

        _ratedAt = now;
        _ratedUses = _uses;
        var most = Math.Max(1, _limits.Requests.Smallest / (2 * _around.Gateways));
        var batch = Math.Clamp((int)Math.Ceiling(Math.Min(int.MaxValue, BatchMargin * BatchSeconds * 1000 * _perMillisecond)), 1, most);
        return Math.Max(batch, least);
    }

    private void Accept(LeaseRequest request, LeaseGrant grant, long sentAt, List<Sent> sent)
    {
        var now = _around.Clock.Now;
        foreach (var report in sent)
        {
            report.Lease.Acknowledged = report.Used;
            if (report.Closed)
            {
                _retired.Remove(report.Lease);
            }
        }

        // Some may have been forgotten meanwhile.
        ForgetUnleased((int)Math.Max(0, request.UnleasedFirst + request.UnleasedAgesMilliseconds.Length - _unleasedFirst));
        Volatile.Write(ref _lastActive, now);
        _standing = new Standing(grant.Windows);
        _usesWhenHeard = _uses;
        _readsRuns = grant.ReadsRuns;
        MarkUp();
        if (_denial is { Blocked: true } block && !block.IsBlockAt(sentAt))
        {
            // What was heard since says how full its window is again: an outage begins with that.
            _denial = null;
        }

        if (request.Wanted == 0)
        {
            return;
        }

        _outcomeUnknown = false;
        if (request.Limits != _limits.Requests)
        {
            // Asked under limits that have changed since: what they gave goes back unused.
            Close(grant.Tokens > 0 ? new HeldLease(grant.Lease, grant.Tokens, sentAt, sentAt) : null);
            return;
        }

        if (grant.Tokens > 0)
        {
            _denial = null;
            var expiresAt = sentAt + (long)grant.TimeToLive.TotalMilliseconds - SafetyMilliseconds;
            var lease = new HeldLease(grant.Lease, grant.Tokens, sentAt, expiresAt);
            PayUnleased(lease, now);
            Install(lease, now);
        }
        else if (request.Waiting > 0)
        {
            _denial = Denial.From(grant, now);
        }
    }

    private void Install(HeldLease lease, long now)
    {
        Rotate(now);
        Volatile.Write(ref _lastActive, now);
        if (_current is null)
        {
            _current = lease;
            return;
        }

        Close(_next);
        _next = lease;
    }

    /// <summary>How much of a lease one call told.</summary>
    private readonly record struct Sent(HeldLease Lease, int Used, bool Closed);
}

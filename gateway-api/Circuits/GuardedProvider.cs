using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>What this gateway itself knows of one provider, and the probe that it may send. Thread-safe.</summary>
internal sealed class GuardedProvider
{
    // Half of the time after which a check takes the permit: where only urgent requests come, one of them is the probe.
    private static readonly TimeSpan Sparing = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly LocalCircuit _circuit = new();
    private readonly CoolDowns _rests = new();
    private readonly QuotaBook _quota = new();
    private int _keys = 1;
    private long _permit;
    private DateTimeOffset _permitSince;
    private DateTimeOffset _permitUntil;
    private CircuitState _cluster;
    private volatile bool _hasTrouble;
    private long _quotaVersion;
    private long _wantedAtTicks;
    private long _lastCallTicks;

    /// <summary>Whether anything but silence is to be expected. A reader that finds none looks no further.</summary>
    public bool HasTrouble => _hasTrouble;

    /// <summary>When a request last could have been the probe.</summary>
    public DateTimeOffset WantedAt => new(Volatile.Read(ref _wantedAtTicks), TimeSpan.Zero);

    /// <summary>When a call of this gateway last ended.</summary>
    public DateTimeOffset LastCall => new(Volatile.Read(ref _lastCallTicks), TimeSpan.Zero);

    /// <summary>Counts what was heard of the provider's limits.</summary>
    public long QuotaVersion => Volatile.Read(ref _quotaVersion);

    /// <summary>Takes in how a call ended.</summary>
    /// <returns>Whether the cluster should hear of it at once.</returns>
    public bool Note(in AttemptReport report, WatchSettings settings, DateTimeOffset now, out bool isShunned)
    {
        isShunned = false;
        Volatile.Write(ref _lastCallTicks, now.UtcTicks);
        if (report.Outcome == AttemptOutcome.Succeeded && report.Permit == 0 && !_hasTrouble)
        {
            return false;
        }

        var call = ObservedCall.Of(report, now);
        lock (_lock)
        {
            isShunned = _circuit.Note(call, settings.Circuit, now);
            TimeSpan? advised = report.RestMilliseconds is { } rest ? TimeSpan.FromMilliseconds(rest) : null;
            var rests = !report.IsCheck && _rests.Note(report.Model, call, advised, settings.CoolDown);
            _hasTrouble |= !_circuit.IsCalm || rests;

            // Of several gateways each may see too few failures to know better by itself: together they do at once.
            var countsForAll = _cluster == CircuitState.Closed && call.Outcome.IsCircuitFailure();
            return isShunned || rests || report.Permit != 0 || countsForAll;
        }
    }

    /// <summary>Takes in what an answer's headers say of the provider's limits.</summary>
    /// <returns>Whether a model rests by it.</returns>
    public bool Note(string model, int key, int keys, in QuotaReading reading, CoolDownSettings settings, DateTimeOffset now)
    {
        lock (_lock)
        {
            _keys = keys;
            _quota.Note(model, key, reading, now);
            Volatile.Write(ref _quotaVersion, _quota.Version);
            var isSpent = _quota.SpentUntil(model, keys, settings.LongestAdvised, now) is not null;
            _hasTrouble |= isSpent;
            return isSpent;
        }
    }

    /// <summary>All that is known of the provider's limits.</summary>
    public ImmutableArray<ModelQuota> Quotas()
    {
        lock (_lock)
        {
            return _quota.ToArray();
        }
    }

    /// <summary>Whether the next request may be the probe; notes that there is one that could.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isUrgent">Whether the request is spared while others may come.</param>
    public bool MayProbe(DateTimeOffset now, bool isUrgent)
    {
        Volatile.Write(ref _wantedAtTicks, now.UtcTicks);
        lock (_lock)
        {
            return HasPermit(now) && (!isUrgent || now - _permitSince >= Sparing);
        }
    }

    /// <summary>Whether this gateway leaves the provider alone by its own word.</summary>
    public bool IsShunned(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _circuit.IsShunned(now);
        }
    }

    /// <summary>Whether an entry rests by what this gateway itself was told.</summary>
    public bool Rests(string entry, CoolDownSettings settings, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _rests.Until(entry, now) is not null || _quota.SpentUntil(entry, _keys, settings.LongestAdvised, now) is not null;
        }
    }

    /// <summary>Takes the one trial that this gateway's own word leaves; anybody may ask where there is no such word.</summary>
    /// <param name="settings">The circuit's numbers.</param>
    /// <param name="now">The time.</param>
    /// <param name="trialUntil">When the trial ends; default: there was no such word.</param>
    public bool TryEnter(CircuitSettings settings, DateTimeOffset now, out DateTimeOffset trialUntil)
    {
        lock (_lock)
        {
            return _circuit.TryEnter(settings, now, out trialUntil);
        }
    }

    /// <summary>Puts a permit where the next request finds it.</summary>
    public void Offer(long permit, DateTimeOffset now, DateTimeOffset until)
    {
        lock (_lock)
        {
            (_permit, _permitSince, _permitUntil) = (permit, now, until);
            _hasTrouble = true;
        }
    }

    /// <summary>Takes the permit away.</summary>
    /// <param name="now">The time.</param>
    /// <param name="until">When it ends for the cluster.</param>
    /// <returns>Its number; 0: there is none.</returns>
    public long TakePermit(DateTimeOffset now, out DateTimeOffset until)
    {
        lock (_lock)
        {
            var permit = HasPermit(now) ? _permit : 0;
            until = _permitUntil;
            _permit = 0;
            return permit;
        }
    }

    /// <summary>Takes back what was not sent, for the next request.</summary>
    public void GiveBack(in ProbeClaim claim, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (claim.Permit == 0)
            {
                _circuit.GiveBack(claim.Until);
            }
            else if (_cluster == CircuitState.HalfOpen && !HasPermit(now))
            {
                // With the end that the cluster knows: after it, another gateway may have the probe.
                (_permit, _permitSince, _permitUntil) = (claim.Permit, now, claim.Until);
            }
        }
    }

    /// <summary>Whether a permit still waits for a request.</summary>
    public bool HasPermitAt(DateTimeOffset now)
    {
        lock (_lock)
        {
            return HasPermit(now);
        }
    }

    /// <summary>Hears the cluster's word.</summary>
    public void Follow(CircuitState state)
    {
        lock (_lock)
        {
            if (_cluster != CircuitState.Closed && state == CircuitState.Closed)
            {
                // Other gateways have seen it answer.
                _circuit.Clear();
            }

            _cluster = state;
            _permit = state == CircuitState.HalfOpen ? _permit : 0;
            _hasTrouble |= state == CircuitState.HalfOpen;
        }
    }

    /// <summary>Finds out whether the trouble is over.</summary>
    /// <returns>Whether there is any.</returns>
    public bool Look(DateTimeOffset now, CoolDownSettings settings)
    {
        lock (_lock)
        {
            _rests.Retain(static _ => true, now, settings);
            _hasTrouble = _cluster == CircuitState.HalfOpen || !_circuit.IsCalm || !_rests.IsEmpty || _quota.IsAnySpent(now);
            return _hasTrouble;
        }
    }

    // Only with the lock held.
    private bool HasPermit(DateTimeOffset now) => _permit != 0 && now < _permitUntil;
}

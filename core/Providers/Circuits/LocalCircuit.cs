namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>
/// One gateway's own word on a provider, until the cluster's arrives or where there is no cluster: after as many failures
/// in a row as would open the circuit the gateway stops asking, for a short time; then one call is tried, and a failure
/// doubles the time. Never told to others. Not thread-safe.
/// </summary>
public sealed class LocalCircuit
{
    private static readonly TimeSpan LongestHint = TimeSpan.FromSeconds(60);

    private int _failures;
    private int _hints;
    private DateTimeOffset _setAt;
    private DateTimeOffset _until;
    private DateTimeOffset _trialUntil;

    /// <summary>Whether the last calls have succeeded.</summary>
    public bool IsCalm => _failures == 0;

    /// <summary>Takes in one call of this gateway.</summary>
    /// <param name="call">How it went.</param>
    /// <param name="settings">The circuit's numbers.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether the gateway stops asking with this call.</returns>
    public bool Note(in ObservedCall call, CircuitSettings settings, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (_hints > 0 && call.BegunAt < _setAt)
        {
            return false;
        }

        if (call.Outcome == AttemptOutcome.Succeeded)
        {
            Clear();
            return false;
        }

        if (!call.Outcome.IsCircuitFailure())
        {
            // It told nothing, so that another call may be tried.
            _trialUntil = default;
            return false;
        }

        _failures = Math.Min(_failures + 1, settings.ConsecutiveFailures);
        if (_failures < settings.ConsecutiveFailures)
        {
            return false;
        }

        var time = settings.HintTime * Math.Pow(2, Math.Min(_hints, 10));
        _hints++;
        _setAt = now;
        _until = now + (time < LongestHint ? time : LongestHint);
        _trialUntil = default;
        return true;
    }

    /// <summary>Whether the gateway does not ask at this moment.</summary>
    /// <param name="now">The time.</param>
    public bool IsShunned(DateTimeOffset now) => _hints > 0 && (now < _until || now < _trialUntil);

    /// <summary>Takes the one call that is tried when the time is over.</summary>
    /// <param name="settings">The circuit's numbers.</param>
    /// <param name="now">The time.</param>
    /// <param name="trialUntil">When the trial ends that was taken, to be given back where the call is not sent; default: none was needed.</param>
    /// <returns>Whether the caller may ask. Where there was no trouble, anybody may.</returns>
    public bool TryEnter(CircuitSettings settings, DateTimeOffset now, out DateTimeOffset trialUntil)
    {
        ArgumentNullException.ThrowIfNull(settings);
        trialUntil = default;
        if (_hints == 0)
        {
            return true;
        }

        if (IsShunned(now))
        {
            return false;
        }

        _trialUntil = trialUntil = now + settings.ProbeTime;
        return true;
    }

    /// <summary>Gives back a trial that was not sent, so that another call may be tried.</summary>
    /// <param name="trialUntil">When it ends. A later trial, taken after its end, stays.</param>
    public void GiveBack(DateTimeOffset trialUntil) => _trialUntil = _trialUntil == trialUntil ? default : _trialUntil;

    /// <summary>The cluster has found the provider well again: its word counts.</summary>
    public void Clear()
    {
        _failures = 0;
        _hints = 0;
        (_setAt, _until, _trialUntil) = (default, default, default);
    }
}

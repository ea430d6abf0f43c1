namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>
/// One provider's circuit (SPEC section 2): opens after failures in a row or by their share in a window, for a time that
/// doubles; then lets one probe at a time through, closes after enough successes, and gives the traffic back slowly.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// What counts is when a call began and ended, not when its report arrives. A call that began before the circuit's last
/// opening was over changes nothing: it tells of the trouble that is known already. A circuit that opens again before its
/// slow start is over goes on doubling where it was.
/// </remarks>
public sealed class CircuitBreaker
{
    private readonly CircuitSettings _settings;
    private readonly FailureRing _ring;
    private readonly FailureRun _run;
    private CircuitState _state;
    private DateTimeOffset _since;
    private DateTimeOffset _until;
    private DateTimeOffset _countsFrom = DateTimeOffset.MinValue;
    private int _openings;
    private int _successes;
    private long _permit;
    private DateTimeOffset _permitUntil = DateTimeOffset.MinValue;

    /// <param name="settings">Its numbers.</param>
    /// <param name="stored">What an earlier one has left; <see langword="null"/>: closed, and never opened.</param>
    public CircuitBreaker(CircuitSettings settings, CircuitRecord? stored = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _ring = new FailureRing(settings.WindowSeconds);
        _run = new FailureRun(settings.ConsecutiveFailures);
        if (stored is not null)
        {
            (_state, _since, _until, _openings) = (stored.IsOpen ? CircuitState.Open : CircuitState.Closed, stored.Since, stored.Until, stored.Openings);
            _countsFrom = stored.IsOpen ? stored.Until : stored.Since;
        }
    }

    /// <summary>Its numbers.</summary>
    public CircuitSettings Settings => _settings;

    /// <summary>How often it has opened in a row; 0: it is closed and calm.</summary>
    public int Openings => _openings;

    /// <summary>When it came to its present state; <see langword="null"/>: it has never been another.</summary>
    public DateTimeOffset? Since => _since == default ? null : _since;

    /// <summary>Its state.</summary>
    /// <param name="now">The time.</param>
    public CircuitState State(DateTimeOffset now)
    {
        Advance(now);
        return _state;
    }

    /// <summary>When the next probe may be sent; <see langword="null"/>: it is closed.</summary>
    /// <param name="now">The time.</param>
    public DateTimeOffset? NextProbe(DateTimeOffset now) => State(now) switch
    {
        CircuitState.Open => _until,
        CircuitState.HalfOpen => _permitUntil > now ? _permitUntil : now,
        _ => null,
    };

    /// <summary>The share of its traffic that the provider gets while it comes back; <see langword="null"/>: all.</summary>
    /// <param name="now">The time.</param>
    public double? Share(DateTimeOffset now)
    {
        if (State(now) != CircuitState.Closed || _openings == 0)
        {
            return null;
        }

        var passed = Math.Max(0, (now - _since) / _settings.SlowStart);
        return _settings.SlowStartShare + ((1 - _settings.SlowStartShare) * passed);
    }

    /// <summary>Takes in one call.</summary>
    /// <param name="call">How it went.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">Uniform in [0, 1): the jitter of an opening.</param>
    /// <returns>Whether it opened or closed the circuit.</returns>
    public bool Record(in ObservedCall call, DateTimeOffset now, double random)
    {
        Advance(now);
        if (call.Permit != 0 && call.Permit == _permit)
        {
            _permitUntil = DateTimeOffset.MinValue;
        }

        if (!call.Outcome.CountsInCircuit() || call.BegunAt < _countsFrom)
        {
            return false;
        }

        return _state switch
        {
            CircuitState.Closed => RecordClosed(call, now, random),
            CircuitState.HalfOpen => RecordHalfOpen(call, now, random),
            _ => false,
        };
    }

    /// <summary>Asks to send the one probe that a half-open circuit lets through at a time.</summary>
    /// <param name="now">The time.</param>
    public ProbeAnswer TryProbe(DateTimeOffset now)
    {
        if (NextProbe(now) is not { } next)
        {
            return default;
        }

        if (next > now)
        {
            return new ProbeAnswer(0, next - now);
        }

        // By the clock, so that no permit of an earlier activation has the same number.
        _permit = Math.Max(_permit + 1, now.UtcTicks);
        _permitUntil = now + _settings.ProbeTime;
        return new ProbeAnswer(_permit, _settings.ProbeTime);
    }

    /// <summary>What to store.</summary>
    public CircuitRecord ToRecord() => new(_state != CircuitState.Closed, _since, _until, _openings);

    private bool RecordClosed(in ObservedCall call, DateTimeOffset now, double random)
    {
        var failed = call.Outcome.IsCircuitFailure();
        _ring.Add(failed, call.EndedAt, now);
        if (!failed)
        {
            _run.Succeed(call.EndedAt);
            return false;
        }

        _run.Fail(call.EndedAt);
        var (calls, failures) = _ring.Sum(now);
        var isShareReached = calls >= _settings.MinimumCalls && failures >= _settings.FailureShare * calls;
        return (_run.Count >= _settings.ConsecutiveFailures || isShareReached) && Open(now, random);
    }

    private bool RecordHalfOpen(in ObservedCall call, DateTimeOffset now, double random)
    {
        if (call.Outcome.IsCircuitFailure())
        {
            return Open(now, random);
        }

        _successes++;
        return _successes >= _settings.SuccessesToClose && Close(now);
    }

    private bool Open(DateTimeOffset now, double random)
    {
        // Beyond 2^20 any time is at its limit.
        var time = Math.Min(_settings.OpenTime.TotalSeconds * Math.Pow(2, Math.Min(_openings, 20)), _settings.LongestOpenTime.TotalSeconds);
        var spread = 1 + (_settings.Jitter * ((2 * random) - 1));
        _until = now + TimeSpan.FromSeconds(Math.Min(time * spread, _settings.LongestOpenTime.TotalSeconds));
        _openings++;
        _countsFrom = _until;
        Enter(CircuitState.Open, now);
        return true;
    }

    private bool Close(DateTimeOffset now)
    {
        Enter(CircuitState.Closed, now);
        return true;
    }

    private void Enter(CircuitState state, DateTimeOffset at)
    {
        _state = state;
        _since = at;
        _successes = 0;
        _permitUntil = DateTimeOffset.MinValue;
        _ring.Clear();
        _run.Clear();
    }

    private void Advance(DateTimeOffset now)
    {
        if (_state == CircuitState.Open && now >= _until)
        {
            Enter(CircuitState.HalfOpen, _until);
        }
        else if (_state == CircuitState.Closed && _openings > 0 && now - _since >= _settings.SlowStart)
        {
            _openings = 0;
        }
    }
}

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <content>Requests that find no token in hand.</content>
internal sealed partial class SubjectLimiter
{
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(250);

    /// <summary>Takes a token in hand, or tells why there is none: the limiter refused a moment ago, or is to be asked.</summary>
    /// <param name="now">Milliseconds of the gateway's monotonic clock.</param>
    /// <param name="take">Takes the token.</param>
    /// <param name="refusal">Why not.</param>
    public LevelVerdict Judge(long now, ref LevelTake take, out LevelRefusal refusal)
    {
        refusal = default;
        if (TryTakeToken(now, ref take))
        {
            return LevelVerdict.Taken;
        }

        if (_denial is { } denial && now < denial.Until)
        {
            refusal = denial.Decide(this, now);
            return LevelVerdict.Refused;
        }

        return IsDown ? DecideAlone(now, ref take, out refusal) : LevelVerdict.Lacking;
    }

    /// <summary>The limiter is well and others were quicker for too long. Its word alone admits; this gateway's own count does not.</summary>
    public LevelRefusal RefuseForNow(long now)
    {
        var status = _standing.MostConstrained;
        return new Denial(now, now, status.Window, status.Limit, ShortWait, status.Reset, Blocked: false).Decide(this, now);
    }

    /// <summary>One more request waits for tokens.</summary>
    /// <returns><see langword="false"/>: the subject was evicted, look its successor up.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_evicted)
            {
                return false;
            }

            _waiting++;
            return true;
        }
    }

    /// <summary>Asks for those that wait. Never fails.</summary>
    public Task AskAsync() => CallAsync(Volatile.Read(ref _waiting));

    /// <summary>One less waits.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _waiting--;
        }
    }
}

/// <summary>What a subject says to a request.</summary>
internal enum LevelVerdict
{
    /// <summary>It has what it needs.</summary>
    Taken = 0,

    /// <summary>It is over a limit.</summary>
    Refused = 1,

    /// <summary>The limiter must be asked.</summary>
    Lacking = 2,
}

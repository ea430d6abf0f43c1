namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>One request that finds something lacking: all of it is asked for side by side, and no token is held meanwhile.</summary>
/// <param name="takes">The subjects it counts against.</param>
/// <param name="request">The request.</param>
/// <param name="clock">The gateway's.</param>
/// <param name="reports">Hears of refusals.</param>
internal sealed class AdmissionWait(LevelTake[] takes, LimitedRequest request, LimiterClock clock, RefusalReports reports)
{
    // Limiters that answer are asked again while others are quicker to take what they give.
    private const int MostWaitingMilliseconds = 4_000;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);

    private readonly List<SubjectLimiter> _lacking = [];

    // What limiters that do not answer may still cost the request, all of them together.
    private TimeSpan _silence = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits; <see langword="null"/>: a subject was evicted, look its successor up.</summary>
    /// <exception cref="OperationCanceledException">The client left. Nothing is held.</exception>
    public async ValueTask<LimitDecision?> RunAsync(CancellationToken cancellationToken)
    {
        LimitDecision? decision = null;
        try
        {
            decision = await TakeSlotsAsync(cancellationToken) ?? await TakeTokensAsync(cancellationToken);
            return decision;
        }
        finally
        {
            if (decision is not { Refusal: null })
            {
                Admission.PutBack(takes);
            }
        }
    }

    private async ValueTask<LimitDecision?> TakeSlotsAsync(CancellationToken cancellationToken)
    {
        var lacking = new List<int>();
        for (var i = 0; i < takes.Length; i++)
        {
            if (!takes[i].Subject.TryTakeSlot(ref takes[i]))
            {
                lacking.Add(i);
            }
        }

        if (lacking.Count == 0)
        {
            return null;
        }

        var began = clock.Now;
        var verdicts = await Task.WhenAll(lacking.Select(i => takes[i].Subject.Slots!.AskAsync(_silence, cancellationToken)));
        _silence -= TimeSpan.FromMilliseconds(clock.Now - began);
        var worst = default(LevelRefusal);
        for (var i = 0; i < verdicts.Length; i++)
        {
            Settle(verdicts[i], ref takes[lacking[i]], ref worst);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return worst.Subject is null ? null : Refuse(worst);
    }

    private void Settle(SlotVerdict verdict, ref LevelTake take, ref LevelRefusal worst)
    {
        take.HasSlot = verdict == SlotVerdict.Taken;
        take.PassedSlots = verdict is SlotVerdict.Taken or SlotVerdict.NotNeeded;
        if (!take.PassedSlots)
        {
            var refusal = new LevelRefusal(
                take.Subject,
                verdict == SlotVerdict.Closed ? LimitKind.Down : LimitKind.Concurrency,
                take.Subject.Limits.Concurrency,
                TimeSpan.FromSeconds(1),
                TimeSpan.Zero);
            take.PassedSlots = Pass(refusal, ref worst);
        }
    }

    private async ValueTask<LimitDecision?> TakeTokensAsync(CancellationToken cancellationToken)
    {
        var givesUpAt = clock.Now + MostWaitingMilliseconds;
        while (true)
        {
            // Each call brings tokens, a refusal or silence, so this ends.
            var now = clock.Now;
            if (Decide(now, givesUp: now >= givesUpAt) is { } decision)
            {
                return decision;
            }

            if (!await AskAsync(cancellationToken))
            {
                return null;
            }
        }
    }

    private LimitDecision? Decide(long now, bool givesUp)
    {
        _lacking.Clear();
        var worst = default(LevelRefusal);
        foreach (ref var take in takes.AsSpan())
        {
            var verdict = take.Subject.Judge(now, ref take, out var refusal);
            if (verdict == LevelVerdict.Lacking && !givesUp)
            {
                _lacking.Add(take.Subject);
                continue;
            }

            refusal = verdict == LevelVerdict.Lacking ? take.Subject.RefuseForNow(now) : refusal;
            if (verdict != LevelVerdict.Taken && Pass(refusal, ref worst))
            {
                take.State = LevelState.Passed;
            }
        }

        if (worst.Subject is not null)
        {
            return Refuse(worst);
        }

        if (_lacking.Count == 0)
        {
            return Admission.UseAll(takes, now);
        }

        Admission.PutBackTokens(takes);
        return null;
    }

    // The longest wait is the one to tell: after a shorter one the client would be refused again.
    private bool Pass(in LevelRefusal refusal, ref LevelRefusal worst)
    {
        if (refusal.Subject.Limits.IsShadow)
        {
            reports.Tell(refusal, request);
            return true;
        }

        if (worst.Subject is null || refusal.RetryAfter > worst.RetryAfter)
        {
            worst = refusal;
        }

        return false;
    }

    private LimitDecision Refuse(in LevelRefusal refusal)
    {
        reports.Tell(refusal, request);
        return refusal.Decide();
    }

    private async ValueTask<bool> AskAsync(CancellationToken cancellationToken)
    {
        var entered = 0;
        try
        {
            for (; entered < _lacking.Count; entered++)
            {
                if (!_lacking[entered].TryEnter())
                {
                    return false;
                }
            }

            var calls = _lacking.ConvertAll(static subject => subject.AskAsync());
            try
            {
                await Task.WhenAll(calls).WaitAsync(_silence > ShortestWait ? _silence : ShortestWait, clock.Time, cancellationToken);
            }
            catch (TimeoutException)
            {
                _silence = TimeSpan.Zero;
                for (var i = 0; i < calls.Count; i++)
                {
                    if (!calls[i].IsCompleted)
                    {
                        _lacking[i].TimedOut();
                    }
                }
            }

            return true;
        }
        finally
        {
            while (entered > 0)
            {
                _lacking[--entered].Leave();
            }
        }
    }
}

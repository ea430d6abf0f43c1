namespace ProxyCluster.Core.RateLimiting;

/// <content>Who went over a limit, and since when. A block follows from requests that were admitted, never from tokens in leases.</content>
public sealed partial class LeaseBook
{
    // Gateways tell a use within two seconds or so. Who is refused before all uses were told is judged again when they are.
    private const long OverrunMemoryMilliseconds = 5_000;
    private const long OverrunStepMilliseconds = 50;

    // Uses are dated late, by as long as their reports take and more. A limit that is full only by that blocks nobody: who comes back
    // at the very end of a block would otherwise pay a second one.
    private const long BlockMarginMilliseconds = 1_000;

    // Not stored: the next request over the limit tells the same, a little later.
    private readonly List<Overrun> _overruns = [];
    private LimitSettings _overrunsUnder;

    private LeaseGrant RefuseFull(LeaseRequest request, LimitSettings settings)
    {
        if (settings.Block && request.Waiting > 0)
        {
            NoteOverrun(settings);
            SettleOverruns(settings);
            if (_block.Until > _now)
            {
                return Refuse(settings, _block.Window, _block.Until - _now, blocked: true);
            }
        }

        var (window, wait) = LongestWait(settings);
        return Refuse(settings, window, wait, blocked: false);
    }

    private void NoteOverrun(LimitSettings settings)
    {
        if (_overrunsUnder != settings)
        {
            _overruns.Clear();
            _overrunsUnder = settings;
        }

        var overrun = new Overrun(_now, GapIn(_minute, settings), GapIn(_hour, settings));
        if (overrun.IsCertain || _overruns.Count == 0 || _now - _overruns[^1].At >= OverrunStepMilliseconds)
        {
            _overruns.Add(overrun);
        }
    }

    private Gap GapIn(SlidingWindow window, LimitSettings settings) => new()
    {
        After = _now - window.LengthMilliseconds + BlockMarginMilliseconds,
        Missing = settings.Of(window.Kind) is > 0 and var limit ? limit - window.RequestsAt(limit, _now + BlockMarginMilliseconds) : int.MaxValue,
    };

    // A use that is told now and was before a refusal counts there too.
    private void CountForOverruns(long time, int count)
    {
        foreach (var overrun in _overruns)
        {
            overrun.Count(time, count);
        }
    }

    private void SettleOverruns(LimitSettings settings)
    {
        if (_overruns.Count == 0)
        {
            return;
        }

        if (!settings.Block || settings != _overrunsUnder)
        {
            _overruns.Clear();
            return;
        }

        _overruns.RemoveAll(overrun => overrun.At + OverrunMemoryMilliseconds < _now);
        if (_overruns.Find(static overrun => overrun.IsCertain) is { } first)
        {
            var window = first.IsOfHour ? _hour : _minute;
            _block = new Block(first.At + window.LengthMilliseconds, window.Kind, settings.Of(window.Kind));
            _overruns.Clear();
            IsChanged = true;
        }
    }

    private bool IsBlocked(LimitSettings settings)
    {
        if (_block.Until <= _now)
        {
            return false;
        }

        if (settings.Block && !IsLiftedByLimit(settings.Of(_block.Window)))
        {
            return true;
        }

        _block = default;
        IsChanged = true;
        return false;
    }

    // A limit that is gone blocks nobody. A raised one lifts a block of the minute where the subject is below it; an hour's block stays.
    private bool IsLiftedByLimit(int limit) =>
        limit == 0 || (_block.Window == LimitWindow.Minute && limit > _block.Limit && _minute.Used < limit);

    /// <summary>A subject that is refused until a moment, for the limit it passed.</summary>
    private readonly record struct Block(long Until, LimitWindow Window, int Limit);

    /// <summary>A request that was refused, and how much is not known to have been admitted before it.</summary>
    private sealed class Overrun(long at, Gap minute, Gap hour)
    {
        private Gap _minute = minute;
        private Gap _hour = hour;

        public long At => at;

        public bool IsOfHour => _hour.Missing <= 0;

        public bool IsCertain => _minute.Missing <= 0 || IsOfHour;

        public void Count(long time, int count)
        {
            if (time <= at)
            {
                _minute.Count(time, count);
                _hour.Count(time, count);
            }
        }
    }

    /// <summary>What is missing in one window until it is known to have been full of requests; no limit: never.</summary>
    private struct Gap
    {
        public long After { get; init; }

        public int Missing { get; set; }

        public void Count(long time, int count)
        {
            if (time > After && Missing != int.MaxValue)
            {
                Missing -= count;
            }
        }
    }
}

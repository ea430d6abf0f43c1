using ProxyCluster.Core.Budgets;

namespace ProxyCluster.Tests.Unit.Budgets;

/// <summary>The simplest gateway that keeps to the rules: what it may take, until when, and that a call is repeated until it is answered.</summary>
internal sealed class SimulatedGateway(SimulatedNetwork network)
{
    private readonly Guid _holder = Guid.NewGuid();
    private readonly List<(long At, Returned Taken, Amount Used)> _inFlight = [];
    private readonly List<(long At, Settlement Settlement)> _settled = [];
    private readonly List<Returned> _returned = [];
    private readonly List<Amount> _waiting = [];
    private Returned _free;
    private long _endsAt = long.MinValue;
    private BudgetCall? _call;
    private long _sentAt;
    private long _sequence;
    private bool _isDead;

    public void Begin(Amount wanted)
    {
        if (!TryBegin(wanted) && _waiting.Count < 5)
        {
            _waiting.Add(wanted);
        }
    }

    public void End()
    {
        if (_inFlight.Count == 0)
        {
            return;
        }

        var index = network.Random(_inFlight.Count);
        var (at, taken, used) = _inFlight[index];
        _inFlight.RemoveAt(index);
        _settled.Add((at, new Settlement(0, taken.Tag, taken.Day, taken.Amount, used)));
    }

    public void Call()
    {
        _call ??= new BudgetCall(
            _holder,
            ++_sequence,
            network.Limits,
            [.. TakeSettled()],
            [.. TakeReturned()],
            [.. _waiting],
            new Amount(network.Random(30), network.Random(30)));
        var sentAt = _sentAt = network.Now;
        var sent = _call;
        network.Send(sent, answer => Answered(sent, sentAt, answer));
    }

    public void Die() => _isDead = true;

    private bool TryBegin(Amount wanted)
    {
        if (network.Now >= _endsAt || !wanted.FitsIn(_free.Amount))
        {
            return false;
        }

        _free = _free with { Amount = _free.Amount - wanted };
        var used = new Amount(network.Random((int)wanted.Tokens + 1), network.Random((int)wanted.NanoDollars + 1));
        _inFlight.Add((network.Now, _free with { Amount = wanted }, used));
        network.Uses.Add((network.Now, _free.Day, used));
        return true;
    }

    private List<Settlement> TakeSettled()
    {
        List<Settlement> told = [.. _settled.Select(one => one.Settlement with { AgeMilliseconds = (int)(network.Now - one.At) })];
        _settled.Clear();
        return told;
    }

    private List<Returned> TakeReturned()
    {
        if (_waiting.Count > 0 || network.Now >= _endsAt || network.Random(10) == 0)
        {
            _returned.Add(_free);
            _free = default;
        }

        List<Returned> told = [.. _returned];
        _returned.Clear();
        return told;
    }

    private void Answered(BudgetCall call, long sentAt, BudgetAnswer answer)
    {
        if (_isDead || !ReferenceEquals(call, _call))
        {
            return;
        }

        _call = null;
        if (!_free.Amount.IsZero && (answer.Tag != _free.Tag || answer.Day != _free.Day))
        {
            _returned.Add(_free);
            _free = default;
        }

        _free = new Returned(answer.Tag, answer.Day, _free.Amount + answer.Granted);
        var left = answer.TimeToLive < answer.DayLeft ? answer.TimeToLive : answer.DayLeft;
        _endsAt = sentAt + (long)left.TotalMilliseconds;
        foreach (var wanted in _waiting.ToArray())
        {
            TryBegin(wanted);
        }

        _waiting.Clear();
    }
}

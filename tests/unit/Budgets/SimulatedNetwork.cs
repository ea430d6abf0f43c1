using ProxyCluster.Core.Budgets;

namespace ProxyCluster.Tests.Unit.Budgets;

/// <summary>Gateways that keep to the rules of grants, over a network that delays, repeats and loses calls and answers; any of them may die.</summary>
internal sealed class SimulatedNetwork(int seed, int gateways, BudgetLimits limits)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Action, (long At, int Order)> _events = new();
    private readonly List<SimulatedGateway> _gateways = [];
    private BudgetBook _book = new();
    private int _order;

    /// <summary>Every request that was let through: when, which day pays, and what it really used in the end.</summary>
    public List<(long At, int Day, Amount Used)> Uses { get; } = [];

    /// <summary>The least that the book counted beyond what was used, in nano-dollars; negative: it under-counted.</summary>
    public long LeastMargin { get; private set; } = long.MaxValue;

    // Half a minute before midnight, in the middle of a month.
    public long Now { get; private set; } = new DateTimeOffset(2026, 11, 14, 23, 59, 30, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public SimulatedNetwork Run(int steps)
    {
        for (var i = 0; i < gateways; i++)
        {
            _gateways.Add(new SimulatedGateway(this));
        }

        for (var step = 0; step < steps; step++)
        {
            RunUntil(Now + (_random.Next(20) == 0 ? _random.Next(5_000) : _random.Next(250)));
            Act(_random.Next(gateways));
            Measure();
        }

        return this;
    }

    public int Random(int below) => _random.Next(below);

    public BudgetLimits Limits => limits;

    /// <summary>Carries a call, or several copies of it, or none, and the answers back or not.</summary>
    public void Send(BudgetCall call, Action<BudgetAnswer> answered)
    {
        for (var copy = _random.Next(10) == 0 ? 2 : 1; copy > 0; copy--)
        {
            if (_random.Next(10) > 0)
            {
                After(_random.Next(8) == 0 ? _random.Next(6_000) : _random.Next(40), () => Arrive(call, answered));
            }
        }
    }

    private void Arrive(BudgetCall call, Action<BudgetAnswer> answered)
    {
        var answer = _book.Apply(call, Now, DateTimeOffset.FromUnixTimeMilliseconds(Now));
        if (_random.Next(10) > 0)
        {
            After(_random.Next(8) == 0 ? _random.Next(6_000) : _random.Next(40), () => answered(answer));
        }
    }

    private void Act(int index)
    {
        switch (_random.Next(60))
        {
            case 0:
                // Died: nobody tells what became of its requests.
                _gateways[index].Die();
                _gateways[index] = new SimulatedGateway(this);
                break;
            case 1:
                _book = BudgetBook.Decode(_book.Encode());
                break;
            case < 30:
                _gateways[index].Begin(new Amount(_random.Next(1, 20), _random.Next(1, 20)));
                break;
            case < 45:
                _gateways[index].End();
                break;
            default:
                _gateways[index].Call();
                break;
        }
    }

    private void Measure()
    {
        var today = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(Now).UtcDateTime).DayNumber;
        var level = _book.Look(limits, Now, DateTimeOffset.FromUnixTimeMilliseconds(Now)).Day;
        var used = Uses.Where(use => use.Day == today).Sum(static use => use.Used.NanoDollars);
        LeastMargin = Math.Min(LeastMargin, level.Used + level.Held - used);
    }

    private void RunUntil(long until)
    {
        while (_events.TryPeek(out var action, out var due) && due.At <= until)
        {
            _events.Dequeue();
            Now = due.At;
            action();
        }

        Now = until;
    }

    private void After(int milliseconds, Action action) => _events.Enqueue(action, (Now + milliseconds, _order++));
}

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>Virtual time: runs what was planned in the order of its time, and in that of planning where times are equal.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, (double Time, long Order)> _planned = new();
    private long _order;

    /// <summary>Seconds since the start.</summary>
    public double Now { get; private set; }

    public void At(double seconds, Action action) => _planned.Enqueue(action, (Math.Max(seconds, Now), _order++));

    public void After(double seconds, Action action) => At(Now + seconds, action);

    /// <summary>Runs until nothing is planned, or what is next lies beyond a time.</summary>
    public void RunUntil(double seconds)
    {
        while (_planned.TryPeek(out var action, out var place) && place.Time <= seconds)
        {
            _planned.Dequeue();
            Now = place.Time;
            action();
        }

        Now = seconds;
    }
}

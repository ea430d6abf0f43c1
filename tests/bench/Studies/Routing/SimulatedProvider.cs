namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>A provider at work: slots, a line before them, and failures by chance.</summary>
internal sealed class SimulatedProvider(ProviderModel model, EventQueue time, Random random)
{
    private readonly Queue<(Arrival Request, Action<bool> Ended)> _line = new();
    private int _working;

    public ProviderModel Model => model;

    /// <summary>Takes a request and tells, when it has ended, whether it was answered.</summary>
    public void Ask(in Arrival request, Action<bool> ended)
    {
        if (random.NextDouble() < model.Failing(time.Now))
        {
            time.After(model.FailsAfterSeconds, () => ended(false));
            return;
        }

        _line.Enqueue((request, ended));
        WorkOn();
    }

    private void WorkOn()
    {
        while (_working < model.Slots && _line.TryDequeue(out var next))
        {
            _working++;
            time.After(model.Work(next.Request, time.Now, random), () =>
            {
                _working--;
                next.Ended(true);
                WorkOn();
            });
        }
    }
}

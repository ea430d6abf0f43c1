using System.Collections.Concurrent;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.Tests.Cluster.Support;

/// <summary>Stands before the routing table: notes who asks it for snapshots, and can keep it from answering.</summary>
internal sealed class TableCalls : IIncomingGrainCallFilter
{
    private readonly ConcurrentQueue<(string Source, TimeSpan Wait)> _polls = new();
    private volatile bool _isSilent;
    private volatile TaskCompletionSource? _late;

    /// <summary>The type of grain that has sent each poll, and for how long it would wait.</summary>
    public IReadOnlyList<(string Source, TimeSpan Wait)> Polls => [.. _polls];

    /// <summary>While set, polls fail.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>From here the answers of polls that wait are held back until the result is set; those that do not wait pass.</summary>
    public TaskCompletionSource HoldBack() => _late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod.Name != nameof(IRoutingTableGrain.RelayAsync) || context.Request.GetArgument(0) is not RelayPoll poll)
        {
            await context.Invoke();
            return;
        }

        _polls.Enqueue((context.SourceId?.Type.ToString() ?? "nobody", poll.Wait));
        if (_isSilent)
        {
            throw new SiloUnavailableException("The test keeps the table silent.");
        }

        await context.Invoke();
        if (_late is { } late && poll.Wait > TimeSpan.Zero)
        {
            await late.Task;
        }
    }
}

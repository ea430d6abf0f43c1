using System.Collections.Concurrent;
using ProxyCluster.Core.Providers;
using ProxyCluster.GrainInterfaces.Providers;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>
/// What is to be told of one provider. Requests add to it without a lock; one sender at a time takes batches out. A
/// batch stays the next one until it is acknowledged, under the same sequence, so that it is counted once.
/// </summary>
internal sealed class OutcomeQueue(string provider, TimeProvider clock)
{
    /// <summary>Outcomes that wait at most: about two batches.</summary>
    public const int Capacity = 8192;

    private const int LargestBatch = 4096;

    private static readonly TimeSpan InFlightRepeat = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<Ended> _waiting = new();
    private int _waitingCount;
    private int _inFlight;
    private int _sending;
    private List<Ended>? _unacknowledged;
    private long _sequence;
    private int _toldInFlight;
    private long _toldAt = clock.GetTimestamp();

    public string Provider => provider;

    public int InFlight => Math.Max(0, Volatile.Read(ref _inFlight));

    /// <summary>What the present or the last sender does.</summary>
    public Task Sending { get; set; } = Task.CompletedTask;

    public void Began() => Interlocked.Increment(ref _inFlight);

    /// <summary>Notes an outcome.</summary>
    /// <returns><see langword="false"/>: too many wait already; only the count in flight was changed.</returns>
    public bool Ends(in AttemptReport report)
    {
        Interlocked.Decrement(ref _inFlight);
        if (Interlocked.Increment(ref _waitingCount) > Capacity)
        {
            Interlocked.Decrement(ref _waitingCount);
            return false;
        }

        _waiting.Enqueue(new Ended(report, clock.GetTimestamp()));
        return true;
    }

    /// <summary>Claims the queue for one sender.</summary>
    public bool TryBeginSending() => Interlocked.CompareExchange(ref _sending, 1, 0) == 0;

    public void EndSending() => Volatile.Write(ref _sending, 0);

    /// <summary>The next batch, or the last one again; <see langword="null"/>: there is nothing to tell. Only for the claimant.</summary>
    public OutcomeBatch? Next(Guid gateway)
    {
        var inFlight = InFlight;
        if (_unacknowledged is null)
        {
            var isRepeatDue = inFlight > 0 && clock.GetElapsedTime(_toldAt) >= InFlightRepeat;
            if (_waiting.IsEmpty && inFlight == _toldInFlight && !isRepeatDue)
            {
                return null;
            }

            _unacknowledged = Drain();
            _sequence++;
        }

        _toldInFlight = inFlight;
        return new OutcomeBatch(gateway, _sequence, inFlight, [.. _unacknowledged.Select(WithAge)]);
    }

    /// <summary>The last batch arrived. Only for the claimant.</summary>
    public void Acknowledge()
    {
        _unacknowledged = null;
        _toldAt = clock.GetTimestamp();
    }

    private List<Ended> Drain()
    {
        var drained = new List<Ended>(Math.Min(Volatile.Read(ref _waitingCount), LargestBatch));
        while (drained.Count < LargestBatch && _waiting.TryDequeue(out var ended))
        {
            Interlocked.Decrement(ref _waitingCount);
            drained.Add(ended);
        }

        return drained;
    }

    private AttemptReport WithAge(Ended ended)
    {
        var age = clock.GetElapsedTime(ended.Timestamp).TotalMilliseconds;
        return ended.Report with { AgeMilliseconds = (int)Math.Clamp(age, 0, int.MaxValue) };
    }

    private readonly record struct Ended(AttemptReport Report, long Timestamp);
}

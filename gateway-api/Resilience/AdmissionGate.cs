using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>Refuses requests when this process is full, the least important first. Taking one is an interlocked count.</summary>
internal sealed class AdmissionGate : IDisposable
{
    private readonly RandomSource _random;
    private readonly ResilienceMetrics _metrics;
    private readonly IDisposable? _changes;
    private int[] _most = [];
    private int _limit;
    private int _inFlight;
    private volatile bool _isOutOfMemory;

    public AdmissionGate(IOptionsMonitor<ProxyClusterOptions> options, RandomSource random, ResilienceMetrics metrics)
    {
        _random = random;
        _metrics = metrics;
        Limit = options.CurrentValue.Overload.MaxInFlight;
        _changes = options.OnChange(changed => Limit = changed.Overload.MaxInFlight);
        metrics.ShowLimit(() => Limit);
    }

    /// <summary>Requests in flight.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The most that may be in flight.</summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set
        {
            Volatile.Write(ref _limit, value);
            Volatile.Write(ref _most, [.. Enum.GetValues<RequestPriority>().Order().Select(priority => SheddingRule.Most(priority, value))]);
        }
    }

    /// <summary>Whether the process uses all the memory that it may: then only critical requests are taken.</summary>
    public bool IsOutOfMemory
    {
        get => _isOutOfMemory;
        set => _isOutOfMemory = value;
    }

    /// <summary>Takes a request in; one that came in must <see cref="Exit"/>.</summary>
    /// <param name="priority">What it says of itself; <see langword="null"/>: nothing, and only a full house refuses it.</param>
    public bool TryEnter(RequestPriority? priority)
    {
        if (IsRoomFor(priority ?? RequestPriority.Critical, Interlocked.Increment(ref _inFlight)))
        {
            return true;
        }

        Exit();
        _metrics.Shed(priority);
        return false;
    }

    /// <summary>Whether a request that is in may stay, now that its priority is known.</summary>
    public bool Keeps(RequestPriority priority)
    {
        if (IsRoomFor(priority, InFlight))
        {
            return true;
        }

        _metrics.Shed(priority);
        return false;
    }

    public void Exit() => Interlocked.Decrement(ref _inFlight);

    /// <summary>How long who was refused is to stay away.</summary>
    public TimeSpan RetryAfter() => SheddingRule.RetryAfter(_random.NextUnit());

    public void Dispose() => _changes?.Dispose();

    private bool IsRoomFor(RequestPriority priority, int inFlight) =>
        inFlight <= Volatile.Read(ref _most)[(int)priority] && (!_isOutOfMemory || priority == RequestPriority.Critical);
}

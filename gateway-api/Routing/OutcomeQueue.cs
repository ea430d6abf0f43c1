using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GrainInterfaces.Providers;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>
/// What is to be told of one provider. Requests add to it; one sender at a time takes batches out. A batch stays the
/// next one until it is acknowledged, under the same sequence, so that it is counted once.
/// </summary>
internal sealed class OutcomeQueue(string provider, TimeProvider clock)
{
    /// <summary>Outcomes that wait at most.</summary>
    public const int Capacity = 8192;

    /// <summary>Outcomes of one batch. As many as keep its arrays off the large object heap, which only full collections clean.</summary>
    public const int LargestBatch = 512;

    private const int MostSpares = 4;

    private static readonly TimeSpan InFlightRepeat = TimeSpan.FromSeconds(3);

    private readonly Lock _adding = new();
    private readonly InFlightForecast _forecast = new();
    private readonly Queue<List<Ended>> _full = new();
    private readonly Stack<List<Ended>> _spares = new();
    private List<Ended> _open = [];
    private int _inFlight;
    private int _sending;
    private volatile bool _isHurried;
    private List<Ended>? _unacknowledged;
    private long _sequence;
    private int _toldInFlight;
    private long _toldQuotas;
    private long _tellingQuotas;
    private long _toldAt = clock.GetTimestamp();

    public string Provider => provider;

    public int InFlight => Math.Max(0, Volatile.Read(ref _inFlight));

    /// <summary>Whether something has been added that is not to wait for the next tick.</summary>
    public bool IsHurried
    {
        get => _isHurried;
        set => _isHurried = value;
    }

    /// <summary>What the present or the last sender does.</summary>
    public Task Sending { get; set; } = Task.CompletedTask;

    /// <summary>Requests in flight in the whole cluster, of which the score vector told.</summary>
    public int InCluster(int told, int gateways) => _forecast.InCluster(told, InFlight, gateways);

    /// <summary>Notes what is in flight, four times a second, as the cluster is told of it.</summary>
    public void Tick() => _forecast.Tick(InFlight);

    public void Began() => Interlocked.Increment(ref _inFlight);

    /// <summary>Notes an outcome.</summary>
    /// <returns><see langword="false"/>: too many wait already; only the count in flight was changed.</returns>
    public bool Ends(in AttemptReport report)
    {
        Interlocked.Decrement(ref _inFlight);
        return Adds(report);
    }

    /// <summary>Notes an outcome of what was never in flight.</summary>
    /// <returns><see langword="false"/>: too many wait already.</returns>
    public bool Adds(in AttemptReport report)
    {
        var ended = new Ended(report, clock.GetTimestamp());
        lock (_adding)
        {
            if (_open.Count == LargestBatch)
            {
                if (_full.Count == (Capacity / LargestBatch) - 1)
                {
                    return false;
                }

                _full.Enqueue(_open);
                _open = TakeSpare();
            }

            _open.Add(ended);
            return true;
        }
    }

    /// <summary>Claims the queue for one sender.</summary>
    public bool TryBeginSending() => Interlocked.CompareExchange(ref _sending, 1, 0) == 0;

    public void EndSending() => Volatile.Write(ref _sending, 0);

    /// <summary>The next batch, or the last one again; <see langword="null"/>: there is nothing to tell. Only for the claimant.</summary>
    /// <param name="gateway">This process.</param>
    /// <param name="guard">Knows what the provider's headers said; <see langword="null"/>: nothing of it is told.</param>
    public OutcomeBatch? Next(Guid gateway, ProviderGuard? guard = null)
    {
        var inFlight = InFlight;
        if (_unacknowledged is null)
        {
            var isRepeatDue = inFlight > 0 && clock.GetElapsedTime(_toldAt) >= InFlightRepeat;
            var waiting = TakeWaiting();
            if (waiting is null && inFlight == _toldInFlight && !isRepeatDue)
            {
                return null;
            }

            _unacknowledged = waiting ?? [];
            _sequence++;
        }

        _toldInFlight = inFlight;
        _tellingQuotas = _toldQuotas;
        return new OutcomeBatch(gateway, _sequence, inFlight, Reports(_unacknowledged))
        {
            Quotas = guard?.QuotasSince(provider, ref _tellingQuotas) ?? [],
        };
    }

    /// <summary>The last batch arrived. Only for the claimant.</summary>
    public void Acknowledge()
    {
        _toldAt = clock.GetTimestamp();
        _toldQuotas = _tellingQuotas;
        if (_unacknowledged is { } told)
        {
            told.Clear();
            lock (_adding)
            {
                if (_spares.Count < MostSpares)
                {
                    _spares.Push(told);
                }
            }

            _unacknowledged = null;
        }
    }

    private List<Ended>? TakeWaiting()
    {
        lock (_adding)
        {
            if (_full.TryDequeue(out var oldest))
            {
                return oldest;
            }

            if (_open.Count == 0)
            {
                return null;
            }

            var open = _open;
            _open = TakeSpare();
            return open;
        }
    }

    private List<Ended> TakeSpare() => _spares.TryPop(out var spare) ? spare : [];

    private ImmutableArray<AttemptReport> Reports(List<Ended> outcomes)
    {
        var now = clock.GetTimestamp();
        var reports = ImmutableArray.CreateBuilder<AttemptReport>(outcomes.Count);
        foreach (var ended in outcomes)
        {
            var age = clock.GetElapsedTime(ended.Timestamp, now).TotalMilliseconds;
            reports.Add(ended.Report with { AgeMilliseconds = (int)Math.Clamp(age, 0, int.MaxValue) });
        }

        return reports.MoveToImmutable();
    }

    private readonly record struct Ended(AttemptReport Report, long Timestamp);
}

using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.ConnectionPools;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>The connections to one upstream host, over the generations that follow each other, and what is known of their use.</summary>
internal sealed class HostPool
{
    private readonly PoolMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly PoolWindow _window = new();
    private readonly long[] _swaps = new long[PoolSwaps.Count];
    private long _windowBegan;
    private long _usedAt;
    private long _openedAhead;
    private long _openedOnDemand;
    private long _queued;
    private int _inFlight;
    private int _handlers;
    private int _http; // 0: not known yet, 1, 2

    /// <param name="key">The host.</param>
    /// <param name="name">How it is called in figures; differs from every other pool's.</param>
    /// <param name="addresses">Where its name leads.</param>
    /// <param name="settings">In force now.</param>
    /// <param name="metrics">Takes waits.</param>
    /// <param name="clock">For windows and ages.</param>
    public HostPool(HostKey key, string name, HostAddresses addresses, PoolOptions settings, PoolMetrics metrics, TimeProvider clock)
    {
        Key = key;
        Name = name;
        Addresses = addresses;
        Settings = settings;
        Size = settings.MinSize;
        _metrics = metrics;
        _clock = clock;
        _windowBegan = _usedAt = clock.GetTimestamp();
    }

    public HostKey Key { get; }

    public string Name { get; }

    public HostAddresses Addresses { get; }

    /// <summary>The rule's numbers, renewed at each upkeep.</summary>
    public PoolOptions Settings { get; set; }

    /// <summary>What new connections are made for; <see langword="null"/> only until the first is there.</summary>
    public PoolGeneration? Current { get; private set; }

    /// <summary>The warm size.</summary>
    public int Size { get; private set; }

    /// <summary>What the host's providers take at once, and one connection for checks.</summary>
    public int Most { get; private set; } = 1;

    /// <summary>The window that ended last.</summary>
    public PoolUse LastUse { get; private set; }

    /// <summary>Whether the host itself was dialled, and not a proxy.</summary>
    public bool IsDirect { get; set; }

    public bool IsHttp2 => Volatile.Read(ref _http) == 2;

    /// <summary>Requests at the host now, from the attempt's begin to its end.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Connections that may be open now.</summary>
    public int Limit => ConnectionLimit.For(Size, InFlight, Settings.Headroom, Most);

    /// <summary>Handlers that are open: the current generation and those that drain.</summary>
    public int Generations => Volatile.Read(ref _handlers);

    /// <summary>Whether no request came for so long that nothing is kept ready.</summary>
    public bool IsCold => InFlight == 0 && _clock.GetElapsedTime(Interlocked.Read(ref _usedAt)) >= TimeSpan.FromSeconds(Settings.ColdAfterSeconds);

    /// <summary>A request begins.</summary>
    public void Enter() => Interlocked.Increment(ref _inFlight);

    /// <summary>A request has ended, whatever came of it.</summary>
    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>How a request went.</summary>
    public void Record(AttemptOutcome outcome, TimeSpan took)
    {
        Interlocked.Exchange(ref _usedAt, _clock.GetTimestamp());
        _window.Record(outcome.IsFailure() && outcome != AttemptOutcome.CredentialsRefused, took.TotalSeconds, Settings.ResponseSmoothing);
    }

    /// <summary>Sets what the host's providers take at once.</summary>
    public void SetMost(long maxConcurrency)
    {
        Most = (int)Math.Clamp(maxConcurrency + 1, 1, int.MaxValue);
        Current?.Gate.Recheck();
    }

    /// <summary>Ends the window where it is over, and takes the size it makes.</summary>
    public void Resize()
    {
        var now = _clock.GetTimestamp();
        var length = _clock.GetElapsedTime(_windowBegan, now);
        if (length >= TimeSpan.FromSeconds(Settings.WindowSeconds))
        {
            _windowBegan = now;
            LastUse = _window.Close(length);
            Size = PoolSizeRule.SizeFor(LastUse, Settings);
        }
    }

    /// <summary>Puts a new generation in place of the current one, which drains.</summary>
    /// <param name="next">Counted as open from now on.</param>
    /// <param name="reason">Why; <see langword="null"/>: it is the first.</param>
    public void TakeOver(PoolGeneration next, PoolSwap? reason)
    {
        Interlocked.Increment(ref _handlers);
        var last = Current;
        Addresses.BeginAnew();
        Current = next;
        last?.Dispose();
        if (reason is { } why)
        {
            Interlocked.Increment(ref _swaps[(int)why]);
        }
    }

    /// <summary>A generation has closed.</summary>
    public void Closed() => Interlocked.Decrement(ref _handlers);

    /// <summary>A connection has agreed on its protocol.</summary>
    public void Spoke(bool isHttp2) => Volatile.Write(ref _http, isHttp2 ? 2 : 1);

    public void OpenedAhead() => Interlocked.Increment(ref _openedAhead);

    public void OpenedOnDemand() => Interlocked.Increment(ref _openedOnDemand);

    /// <summary>A request has waited for a connection to be opened, or taken from those that were ready.</summary>
    /// <param name="time">How long.</param>
    /// <param name="hasQueued">Whether the limit had kept it back.</param>
    public void Waited(TimeSpan time, bool hasQueued)
    {
        if (hasQueued)
        {
            Interlocked.Increment(ref _queued);
        }

        _metrics.Waited(Name, time);
    }

    /// <summary>How often a reason has led to a swap.</summary>
    public long SwapsFor(PoolSwap reason) => Interlocked.Read(ref _swaps[(int)reason]);

    /// <summary>All figures, each of its own moment.</summary>
    public PoolFigures Figures() => new(
        Name,
        Volatile.Read(ref _http) switch { 1 => "1.1", 2 => "2", _ => null },
        Size,
        Limit,
        Most,
        Current?.Ready ?? 0,
        Current?.Gate.Open ?? 0,
        Current?.Gate.Waiting ?? 0,
        InFlight,
        LastUse with { MeanResponseSeconds = _window.MeanResponseSeconds },
        Interlocked.Read(ref _openedAhead),
        Interlocked.Read(ref _openedOnDemand),
        Interlocked.Read(ref _queued),
        Generations,
        Current is { } current ? _clock.GetElapsedTime(current.Born) : TimeSpan.Zero,
        Addresses.Refreshes);
}

using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Budgets;

/// <summary>Tokens used in the last 60 s or 3,600 s. It may count them too long, by at most one bucket, never too short.</summary>
/// <remarks>
/// A ring of 240 buckets: 250 ms of the minute, 15 s of the hour. Times are rounded up, and the oldest bucket counts whole,
/// so that no window of the length ever holds more than is counted (RELIABILITY 5.2). Times are milliseconds of one clock, at least 0.
/// </remarks>
public sealed class TokenWindow
{
    private const int Buckets = 240;
    private const int Slots = 256;

    private readonly long[] _slots = new long[Slots];
    private readonly long _resolution;
    private long _oldest;

    /// <summary>Makes an empty window.</summary>
    /// <param name="length">A minute or an hour.</param>
    public TokenWindow(TimeSpan length)
    {
        LengthMilliseconds = (long)length.TotalMilliseconds;
        _resolution = LengthMilliseconds / Buckets;
    }

    /// <summary>How long tokens count.</summary>
    public long LengthMilliseconds { get; }

    /// <summary>Tokens that count now.</summary>
    public long Used { get; private set; }

    /// <summary>Counts tokens. What is out of the window already is not counted.</summary>
    /// <param name="time">When they were used: not after the last <see cref="Advance"/>.</param>
    /// <param name="tokens">At least 0.</param>
    public void Add(long time, long tokens)
    {
        var bucket = (Math.Max(0, time) + _resolution - 1) / _resolution;
        if (tokens > 0 && bucket >= _oldest && bucket < _oldest + Slots)
        {
            _slots[bucket % Slots] += tokens;
            Used += tokens;
        }
    }

    /// <summary>Forgets what is out of the window.</summary>
    public void Advance(long now)
    {
        var oldest = Math.Max(_oldest, ((Math.Max(0, now) - LengthMilliseconds) / _resolution) + 1);
        for (var bucket = _oldest; bucket < Math.Min(oldest, _oldest + Slots); bucket++)
        {
            Used -= _slots[bucket % Slots];
            _slots[bucket % Slots] = 0;
        }

        _oldest = oldest;
    }

    /// <summary>When so many of the oldest tokens are out; <see langword="null"/>: there are not so many.</summary>
    public long? FreeAt(long tokens)
    {
        if (tokens > Used)
        {
            return null;
        }

        var bucket = _oldest;
        for (var left = tokens; left > 0; bucket++)
        {
            left -= _slots[bucket % Slots];
        }

        return ((bucket - 1) * _resolution) + LengthMilliseconds;
    }

    internal void Write(CompactWriter writer)
    {
        writer.WriteUnsigned((ulong)_slots.Count(static tokens => tokens > 0));
        var last = 0L;
        for (var bucket = _oldest; bucket < _oldest + Slots; bucket++)
        {
            if (_slots[bucket % Slots] is > 0 and var tokens)
            {
                writer.WriteUnsigned((ulong)(bucket - last));
                writer.WriteUnsigned((ulong)tokens);
                last = bucket;
            }
        }
    }

    internal void Read(ref CompactReader reader, long now)
    {
        Advance(now);
        var count = reader.ReadCount();
        var bucket = 0UL;
        for (var i = 0; i < count; i++)
        {
            bucket += reader.ReadUnsigned();
            var tokens = reader.ReadUnsigned();
            if (bucket >= (ulong)(_oldest + Slots) || tokens > (ulong)(long.MaxValue - Used))
            {
                throw CompactReader.Broken();
            }

            Add((long)bucket * _resolution, (long)tokens);
        }
    }
}

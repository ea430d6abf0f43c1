using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Security;

/// <summary>Reads what <see cref="PackWriter"/> wrote; bytes that end too early, and values that cannot be, are a <see cref="FormatException"/>.</summary>
internal ref struct PackReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Bytes(1)[0];

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw Broken();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public ulong Unsigned()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public DateTimeOffset Moment()
    {
        var ticks = Long();
        return ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks ? new(ticks, TimeSpan.Zero) : throw Broken();
    }

    public string Text()
    {
        try
        {
            return Strict.GetString(Bytes(Count()));
        }
        catch (DecoderFallbackException)
        {
            throw Broken();
        }
    }

    public ImmutableArray<string> Texts()
    {
        var count = Count();
        var texts = ImmutableArray.CreateBuilder<string>(count);
        for (var i = 0; i < count; i++)
        {
            texts.Add(Text());
        }

        return texts.MoveToImmutable();
    }

    public LimitSet Limits() => new()
    {
        RequestsPerMinute = Small(),
        RequestsPerHour = Small(),
        TokensPerMinute = Number(),
        TokensPerHour = Number(),
        Concurrency = Small(),
        DollarsPerDay = Money(),
        DollarsPerMonth = Money(),
        Shadow = Byte() switch { 0 => null, 1 => false, 2 => true, _ => throw Broken() },
    };

    // Each thing to follow is at least a byte long: garbage must not make the reader allocate.
    private int Count()
    {
        var count = Unsigned();
        return count <= (ulong)_rest.Length ? (int)count : throw Broken();
    }

    private long? Number()
    {
        var stored = Unsigned();
        return stored <= long.MaxValue ? (stored == 0 ? null : (long)stored - 1) : throw Broken();
    }

    private int? Small() => Number() is { } number ? (number <= int.MaxValue ? (int)number : throw Broken()) : null;

    private decimal? Money()
    {
        if (Byte() == 0)
        {
            return null;
        }

        Span<int> bits = stackalloc int[4];
        foreach (ref var part in bits)
        {
            var stored = Unsigned();
            part = stored <= uint.MaxValue ? (int)(uint)stored : throw Broken();
        }

        try
        {
            return new decimal(bits);
        }
        catch (ArgumentException)
        {
            throw Broken();
        }
    }

    private static FormatException Broken() => new("The packed record is damaged: its bytes end too early, or tell what cannot be.");
}

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Security;

/// <summary>Writes the fields of a packed record into a buffer of fixed size. What does not fit is noted, not written.</summary>
internal ref struct PackWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    /// <summary>Whether something did not fit, or cannot be written: the record is useless.</summary>
    public bool HasFailed { get; private set; }

    public void Byte(byte value)
    {
        if (Room(1) is { IsEmpty: false } room)
        {
            room[0] = value;
        }
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        if (Room(value.Length) is { IsEmpty: false } room)
        {
            value.CopyTo(room);
        }
    }

    public void Unsigned(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    public void Long(long value)
    {
        if (Room(8) is { IsEmpty: false } room)
        {
            BinaryPrimitives.WriteInt64LittleEndian(room, value);
        }
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Unsigned((ulong)length);
        if (Room(length) is { IsEmpty: false } room)
        {
            Encoding.UTF8.GetBytes(value, room);
        }
    }

    public void Texts(ImmutableArray<string> values)
    {
        Unsigned(values.IsDefault ? 0 : (ulong)values.Length);
        foreach (var value in values.IsDefault ? [] : values)
        {
            Text(value);
        }
    }

    public void Limits(LimitSet limits)
    {
        Number(limits.RequestsPerMinute);
        Number(limits.RequestsPerHour);
        Number(limits.TokensPerMinute);
        Number(limits.TokensPerHour);
        Number(limits.Concurrency);
        Money(limits.DollarsPerDay);
        Money(limits.DollarsPerMonth);
        Byte(limits.Shadow switch { null => 0, false => 1, true => 2 });
    }

    // 0 stands for none, so that a limit that is not set takes one byte.
    private void Number(long? value)
    {
        HasFailed |= value < 0;
        Unsigned(value is >= 0 and var number ? (ulong)number + 1 : 0);
    }

    private void Money(decimal? value)
    {
        Byte(value is null ? (byte)0 : (byte)1);
        if (value is { } money)
        {
            Span<int> bits = stackalloc int[4];
            decimal.GetBits(money, bits);
            foreach (var part in bits)
            {
                Unsigned((uint)part);
            }
        }
    }

    private Span<byte> Room(int length)
    {
        if (length > _buffer.Length - Length)
        {
            HasFailed = true;
            return default;
        }

        var room = _buffer.Slice(Length, length);
        Length += length;
        return room;
    }
}

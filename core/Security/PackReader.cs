using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Security;

/// <summary>Reads what <see cref="PackWriter"/> wrote; bytes that end too early, and values that cannot be, are a <see cref="FormatException"/>.</summary>
internal ref struct PackReader(ReadOnlySpan<byte> bytes)
{
    private const int LongestInPlace = 64;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static readonly ImmutableArray<string> DefaultRoles = [KeyRoles.User];

    private ReadOnlySpan<byte> _rest = bytes;

    // One text of four bytes.
    private static ReadOnlySpan<byte> DefaultRolesPacked => "\u0001\u0004user"u8;

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

    public ReadOnlySpan<byte> TextBytes() => Bytes(Count());

    public string Text() => TextOf(TextBytes());

    /// <summary>A text with another before it, as one object.</summary>
    public string TextAfter(string prefix)
    {
        var bytes = Bytes(Count());
        Span<char> both = stackalloc char[LongestInPlace];
        if (prefix.Length + bytes.Length > both.Length || Ascii.ToUtf16(bytes, both[prefix.Length..], out var length) != OperationStatus.Done)
        {
            return prefix + TextOf(bytes);
        }

        prefix.CopyTo(both);
        return new string(both[..(prefix.Length + length)]);
    }

    /// <summary>A text that other records are likely to have too.</summary>
    public string CommonText()
    {
        var bytes = Bytes(Count());
        if (TextPool.Find(bytes) is { } known)
        {
            return known;
        }

        var text = TextOf(bytes);
        TextPool.Keep(bytes, text);
        return text;
    }

    public ImmutableArray<string> Texts()
    {
        var count = Count();
        if (count == 0)
        {
            return [];
        }

        var texts = new string[count];
        foreach (ref var text in texts.AsSpan())
        {
            text = Text();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(texts);
    }

    /// <summary>Names of roles: nearly all keys have the one that is the default.</summary>
    public ImmutableArray<string> Roles()
    {
        if (!_rest.StartsWith(DefaultRolesPacked))
        {
            return Texts();
        }

        _rest = _rest[DefaultRolesPacked.Length..];
        return DefaultRoles;
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

    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Broken();
        }
    }

    private static FormatException Broken() => new("The packed record is damaged: its bytes end too early, or tell what cannot be.");
}

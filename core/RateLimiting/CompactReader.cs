namespace ProxyCluster.Core.RateLimiting;

/// <summary>Reads what <see cref="CompactWriter"/> wrote; bytes that end too early, and numbers that cannot be, are an <see cref="InvalidDataException"/>.</summary>
internal ref struct CompactReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether nothing follows.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte ReadByte() => Take(1)[0];

    public Guid ReadGuid() => new(Take(16), bigEndian: true);

    /// <summary>Reads a number of things to follow, each at least a byte long: garbage must not make the reader allocate.</summary>
    public int ReadCount()
    {
        var count = ReadUnsigned();
        return count <= (ulong)_rest.Length ? (int)count : throw Broken();
    }

    /// <summary>Reads a number of requests.</summary>
    public int ReadNumber()
    {
        var number = ReadUnsigned();
        return number <= int.MaxValue ? (int)number : throw Broken();
    }

    public long ReadSigned()
    {
        var value = ReadUnsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ulong ReadUnsigned()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count)
        {
            throw Broken();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    internal static InvalidDataException Broken() => new("The rate limiter's stored state is damaged: its bytes end too early, or tell what cannot be.");
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ProxyCluster.Core.Security;

/// <summary>A secret that key hashes are made with. Two may be in use at once, while stored keys go over to the newer one.</summary>
public sealed class Pepper
{
    /// <summary>The least a pepper holds, in bytes.</summary>
    public const int LeastBytes = 32;

    private readonly byte[] _value;

    /// <summary>Takes a pepper.</summary>
    /// <param name="value">At least <see cref="LeastBytes"/> bytes.</param>
    public Pepper(byte[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfLessThan(value.Length, LeastBytes, nameof(value));
        _value = value;
        Span<byte> mark = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(value, "proxycluster pepper version"u8, mark);
        Version = Math.Max(1, BinaryPrimitives.ReadUInt32BigEndian(mark));
    }

    /// <summary>The secret.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>Tells peppers apart without saying anything of them; never 0.</summary>
    public uint Version { get; }
}

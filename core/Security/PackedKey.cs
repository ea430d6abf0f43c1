using System.Runtime.InteropServices;

namespace ProxyCluster.Core.Security;

/// <summary>A key in a <see cref="PackedKeyMap"/>, as it was when it was found.</summary>
public readonly struct PackedKey
{
    private readonly PackedChunks _owner;
    private readonly byte[] _chunk;
    private readonly int _start;
    private readonly int _length;

    internal PackedKey(PackedChunks owner, int place, byte[] chunk, int start, int length)
    {
        (_owner, Place, _chunk, _start, _length) = (owner, place, chunk, start, length);
    }

    /// <summary>The packed record: see <see cref="KeyPacking"/>.</summary>
    public ReadOnlySpan<byte> Span => MemoryMarshal.CreateReadOnlySpan(in PackedChunks.FirstOf(_chunk, _start), _length);

    /// <summary>Tells this record from all others, so that what was made of it is known to hold still.</summary>
    public PackedMark Mark => new(_owner, Place);

    internal int Place { get; }
}

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
    public ReadOnlySpan<byte> Span => _chunk.AsSpan(_start, _length);

    internal int Place { get; }

    /// <summary>Whether this is the same record, so that what was made of the other still holds.</summary>
    /// <param name="other">One found earlier.</param>
    public bool IsSame(in PackedKey other) => Place == other.Place && ReferenceEquals(_owner, other._owner);
}

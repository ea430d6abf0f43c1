using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ProxyCluster.Core.Security;

/// <summary>Packed records one after another in chunks that are only ever appended to. One writer, any readers.</summary>
internal sealed class PackedChunks
{
    private const int SmallestChunk = 4 * 1024;
    private const int LargestChunk = 64 * 1024;
    private const int PositionBits = 16;
    private const int LengthBytes = 2;
    private const int LineBytes = 64;

    private volatile byte[][] _chunks = [];
    private int _used;

    /// <summary>Bytes of all chunks.</summary>
    public long Bytes { get; private set; }

    /// <summary>Writes a record.</summary>
    /// <returns>Its place, at least 1.</returns>
    public int Append(ReadOnlySpan<byte> packed)
    {
        var chunks = _chunks;
        if (chunks.Length == 0 || _used + LengthBytes + packed.Length > chunks[^1].Length)
        {
            // A quarter of what there is: a small table stays small, a large one has few chunks.
            var size = Math.Max((int)Math.Clamp(Bytes / 4, SmallestChunk, LargestChunk), packed.Length + LengthBytes);
            chunks = [.. chunks, new byte[size]];
            _chunks = chunks;
            _used = 0;
            Bytes += size;
        }

        var start = _used;
        var chunk = chunks[^1];
        chunk[start] = (byte)packed.Length;
        chunk[start + 1] = (byte)(packed.Length >> 8);
        packed.CopyTo(chunk.AsSpan(start + LengthBytes));
        _used += LengthBytes + packed.Length;
        return (((chunks.Length - 1) << PositionBits) | start) + 1;
    }

    /// <summary>Has the record at a place fetched from memory. Most fit into two lines and a bit.</summary>
    public void Expect(int place)
    {
        ref readonly var first = ref FirstOf(_chunks[(place - 1) >> PositionBits], StartOf(place));
        MemoryAhead.Fetch(in first);
        MemoryAhead.Fetch(in Unsafe.Add(ref Unsafe.AsRef(in first), LineBytes));
        MemoryAhead.Fetch(in Unsafe.Add(ref Unsafe.AsRef(in first), 2 * LineBytes));
    }

    /// <summary>The record at a place that <see cref="Append"/> gave.</summary>
    public PackedKey At(int place)
    {
        var (chunk, start) = (_chunks[(place - 1) >> PositionBits], StartOf(place));
        ref readonly var first = ref FirstOf(chunk, start);
        return new(this, place, chunk, start + LengthBytes, first | (Unsafe.Add(ref Unsafe.AsRef(in first), 1) << 8));
    }

    /// <summary>A byte of a chunk, for who knows that it has one there: the chunk's length stands far from its records, and to ask for it is another wait for memory.</summary>
    public static ref readonly byte FirstOf(byte[] chunk, int start)
    {
        // Asked for null, which it never is, it is not read for that.
        if (chunk is null)
        {
            return ref Unsafe.NullRef<byte>();
        }

        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunk), start);
    }

    private static int StartOf(int place) => (place - 1) & ((1 << PositionBits) - 1);
}

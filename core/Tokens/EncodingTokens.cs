using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ProxyCluster.Core.Tokens;

/// <summary>
/// The tokens of a published encoding, found by their bytes. They are read from the data that come with the library, into a
/// few arrays: the library itself makes several objects for each of 200,000 tokens, which takes several times as long.
/// </summary>
/// <remarks>Whoever reads them waits: what runs once for each token is compiled well at once, and not first for a trial.</remarks>
internal sealed class EncodingTokens
{
    private const int SlotsPerToken = 2;

    private readonly byte[] _bytes;

    // Where each token ends; it begins where the one before it does.
    private readonly int[] _ends;

    // By hash: a token's rank and one more; 0: none. What finds its place taken stands in the next that is free.
    private readonly int[] _slots;
    private int _count;

    private EncodingTokens(int tokens, int bytes)
    {
        _bytes = new byte[bytes];
        _ends = new int[tokens];
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)(tokens * SlotsPerToken))];
    }

    /// <summary>The bytes of every token.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> All => Enumerable.Range(0, _count).Select(rank => new ReadOnlyMemory<byte>(_bytes, StartOf(rank), _ends[rank] - StartOf(rank)));

    /// <summary>Reads the tokens of an encoding.</summary>
    /// <param name="encoding">Its name, for example <c>o200k_base</c>.</param>
    /// <param name="package">The assembly that holds its data.</param>
    public static EncodingTokens Read(string encoding, string package)
    {
        using var stored = Assembly.Load(package).GetManifestResourceStream($"{encoding}.tiktoken.deflate")
            ?? throw new InvalidDataException($"{package} has no tokens of {encoding}.");
        using var text = new MemoryStream();
        using var inflated = new DeflateStream(stored, CompressionMode.Decompress);
        inflated.CopyTo(text);
        return Parse(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    /// <summary>The rank of a token; -1: these bytes are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Find(ReadOnlySpan<byte> bytes)
    {
        for (var slot = SlotOf(bytes); ; slot = (slot + 1) & (_slots.Length - 1))
        {
            var rank = _slots[slot] - 1;
            if (rank < 0 || bytes.SequenceEqual(_bytes.AsSpan(StartOf(rank).._ends[rank])))
            {
                return rank;
            }
        }
    }

    // "Capacity: N", then each token in base64 on a line of its own, in the order of their ranks; a rank that has none has an empty line.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static EncodingTokens Parse(ReadOnlySpan<byte> text)
    {
        var lines = text[(text.IndexOf((byte)'\n') + 1)..];
        var tokens = new EncodingTokens(lines.Count((byte)'\n') + 1, Base64.GetMaxDecodedFromUtf8Length(lines.Length));
        while (!lines.IsEmpty)
        {
            var length = lines.IndexOf((byte)'\n');
            var line = length < 0 ? lines : lines[..length];
            tokens.Add(line.TrimEnd((byte)'\r'));
            lines = length < 0 ? default : lines[(length + 1)..];
        }

        return tokens;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ReadOnlySpan<byte> base64)
    {
        var start = StartOf(_count);
        if (Base64.DecodeFromUtf8(base64, _bytes.AsSpan(start), out _, out var length) != OperationStatus.Done)
        {
            throw new InvalidDataException($"Token {_count} is no base64: {Encoding.UTF8.GetString(base64)}");
        }

        _ends[_count++] = start + length;
        if (length == 0)
        {
            return;
        }

        var slot = SlotOf(_bytes.AsSpan(start, length));
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = _count;
    }

    private int StartOf(int rank) => rank == 0 ? 0 : _ends[rank - 1];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(bytes));
        }

        var rest = 0UL;
        foreach (var b in bytes)
        {
            rest = (rest << 8) | b;
        }

        return (int)(Mix(hash ^ rest) & (uint)(_slots.Length - 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong hash)
    {
        hash *= 0x9E3779B97F4A7C15UL;
        return hash ^ (hash >> 32);
    }
}

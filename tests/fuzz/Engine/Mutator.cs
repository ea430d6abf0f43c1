using System.Text;

namespace ProxyCluster.Tests.Fuzz.Engine;

/// <summary>Makes broken inputs out of good ones. The same seed makes the same inputs.</summary>
internal sealed class Mutator
{
    private const int MaxBytes = 24 * 1024;

    private static readonly string[] Universal =
    [
        "\0", "\ufeff", "\r\n", "\n\n", "\"", "\\", "\\u0000", "\\ud800", "\\u", "{", "}", "[", "]", ":", ",", "null", "true", "false", "{}", "[]", "\"\"",
        "-1", "0", "1e999", "-0", "0.1e-999", "9223372036854775808", "18446744073709551616", "99999999999999999999999999999999", "NaN", "/*", "//",
    ];

    private static readonly byte[][] BadUtf8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]];

    private readonly Random _random;
    private readonly byte[][] _tokens;
    private readonly JsonMutator _json;

    /// <param name="random">Chooses.</param>
    /// <param name="words">What means something to the parser.</param>
    public Mutator(Random random, IReadOnlyList<string> words)
    {
        _random = random;
        _tokens = [.. Universal.Concat(words).Select(Encoding.UTF8.GetBytes), .. BadUtf8];
        _json = new JsonMutator(random, words);
    }

    /// <summary>One to eight changes to an input, or to a splice of two.</summary>
    public byte[] Mutate(IReadOnlyList<byte[]> pool)
    {
        var bytes = new List<byte>(Pick(pool));

        // Bytes break what is around them; changes that keep the structure come further in.
        var keepsStructure = _random.Next(3) > 0;
        for (var changes = 1 << _random.Next(4); changes > 0; changes--)
        {
            if (!keepsStructure || !ChangeStructure(bytes, pool))
            {
                ChangeBytes(bytes, pool);
            }
        }

        if (bytes.Count > MaxBytes)
        {
            bytes.RemoveRange(MaxBytes, bytes.Count - MaxBytes);
        }

        return [.. bytes];
    }

    // What was found last reaches furthest.
    private byte[] Pick(IReadOnlyList<byte[]> pool) =>
        pool[_random.Next(2) == 0 ? _random.Next(pool.Count) : pool.Count - 1 - _random.Next(1 + (pool.Count / 4))];

    private bool ChangeStructure(List<byte> bytes, IReadOnlyList<byte[]> pool) =>
        _random.Next(4) == 0 ? EventMutator.TryChange(bytes, Pick(pool), _random) : _json.TryChange(bytes, Pick(pool));

    private void ChangeBytes(List<byte> bytes, IReadOnlyList<byte[]> pool)
    {
        var at = _random.Next(bytes.Count + 1);
        switch (_random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.InsertRange(at, Token());
                break;
            case 3:
                bytes.RemoveRange(at, Length(bytes, at));
                break;
            case 4:
                bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(at, Length(bytes, at)));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                Overwrite(bytes, at, Token());
                break;
            case 7:
                bytes.InsertRange(at, Repeated());
                break;
            default:
                var other = Pick(pool);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(_random.Next(other.Length + 1)));
                break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] token)
    {
        bytes.RemoveRange(at, Math.Min(token.Length, bytes.Count - at));
        bytes.InsertRange(at, token);
    }

    private byte[] Token() => _tokens[_random.Next(_tokens.Length)];

    /// <summary>Depth and length are what parsers forget to bound.</summary>
    private byte[] Repeated()
    {
        var token = Token();
        var times = 1 << _random.Next(11);
        var repeated = new byte[token.Length * times];
        for (var i = 0; i < times; i++)
        {
            token.CopyTo(repeated.AsSpan(i * token.Length));
        }

        return repeated;
    }

    private int Length(List<byte> bytes, int at) => Math.Min(bytes.Count - at, 1 + _random.Next(1 + _random.Next(64)));
}

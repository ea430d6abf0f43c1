using System.Text;

namespace ProxyCluster.Tests.Fuzz.Engine;

/// <summary>Makes broken inputs out of good ones. The same seed makes the same inputs.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<string> words)
{
    private const int MaxBytes = 64 * 1024;

    private static readonly string[] Universal =
    [
        "\0", "\ufeff", "\r\n", "\n\n", "\"", "\\", "\\u0000", "\\ud800", "\\u", "{", "}", "[", "]", ":", ",", "null", "true", "false", "{}", "[]", "\"\"",
        "-1", "0", "1e999", "-0", "0.1e-999", "9223372036854775808", "18446744073709551616", "99999999999999999999999999999999", "NaN", "/*", "//",
    ];

    private static readonly byte[][] BadUtf8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]];

    private readonly byte[][] _tokens = [.. Universal.Concat(words).Select(Encoding.UTF8.GetBytes), .. BadUtf8];

    /// <summary>One to eight changes to an input, or to a splice of two.</summary>
    public byte[] Mutate(IReadOnlyList<byte[]> pool)
    {
        var bytes = new List<byte>(pool[random.Next(pool.Count)]);
        for (var changes = 1 << random.Next(4); changes > 0; changes--)
        {
            Change(bytes, pool);
        }

        if (bytes.Count > MaxBytes)
        {
            bytes.RemoveRange(MaxBytes, bytes.Count - MaxBytes);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> pool)
    {
        var at = random.Next(bytes.Count + 1);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.InsertRange(at, Token());
                break;
            case 3:
                bytes.RemoveRange(at, Length(bytes, at));
                break;
            case 4:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, Length(bytes, at)));
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
                var other = pool[random.Next(pool.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)));
                break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] token)
    {
        bytes.RemoveRange(at, Math.Min(token.Length, bytes.Count - at));
        bytes.InsertRange(at, token);
    }

    private byte[] Token() => _tokens[random.Next(_tokens.Length)];

    /// <summary>Depth and length are what parsers forget to bound.</summary>
    private byte[] Repeated()
    {
        var token = Token();
        var times = 1 << random.Next(11);
        var repeated = new byte[token.Length * times];
        for (var i = 0; i < times; i++)
        {
            token.CopyTo(repeated.AsSpan(i * token.Length));
        }

        return repeated;
    }

    private int Length(List<byte> bytes, int at) => Math.Min(bytes.Count - at, 1 + random.Next(1 + random.Next(64)));
}

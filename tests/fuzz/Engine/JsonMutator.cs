using System.Runtime.InteropServices;
using System.Text;

namespace ProxyCluster.Tests.Fuzz.Engine;

/// <summary>Changes JSON, wherever it stands in the bytes, so that it mostly stays JSON: members and values are replaced, lost, doubled, moved or of another kind.</summary>
internal sealed class JsonMutator
{
    private static readonly byte[][] Values = Encode(
    [
        "null", "true", "false", "0", "-1", "1", "2147483648", "9223372036854775808", "1e400", "0.5", "\"\"", "\"a\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\\"\\n\\u0000\"",
        "{}", "[]", "[null]", "[{}]", "[[]]", "{\"a\":1}", "[\"a\",\"b\"]", "\"1\"", "\"data:image/png;base64,AAAA\"", "\"https://h/i.png\"", "\"{\\\"a\\\":1}\"",
    ]);

    private readonly Random _random;
    private readonly byte[][] _values;
    private readonly byte[][] _members;

    /// <param name="random">Chooses.</param>
    /// <param name="words">What means something to the parser: with a colon in them, members; in quotes alone, values.</param>
    public JsonMutator(Random random, IReadOnlyList<string> words)
    {
        _random = random;
        _values = [.. Values, .. Encode(words.Where(static word => word.Length > 1 && word[0] == '"' && word[^1] == '"' && !word[1..^1].Contains('"', StringComparison.Ordinal)))];
        _members = Encode(words.Where(static word => word.StartsWith('"') && word.Contains("\":", StringComparison.Ordinal)));
    }

    /// <summary>Changes one value or member.</summary>
    /// <param name="bytes">Where there may be JSON.</param>
    /// <param name="other">Bytes to take another value from.</param>
    /// <returns><see langword="false"/>: there is none.</returns>
    public bool TryChange(List<byte> bytes, byte[] other)
    {
        var spans = JsonSpan.Find(CollectionsMarshal.AsSpan(bytes));
        if (spans.Count == 0)
        {
            return false;
        }

        var span = spans[_random.Next(spans.Count)];
        if (span.IsName)
        {
            ChangeName(bytes, span);
            return true;
        }

        switch (_random.Next(7))
        {
            case 0:
                Remove(bytes, span);
                break;
            case 1:
                Replace(bytes, span, [(byte)'[', .. Text(bytes, span), (byte)']']);
                break;
            case 2:
                bytes.InsertRange(span.MemberEnd, [(byte)',', .. bytes[span.MemberStart..span.MemberEnd]]);
                break;
            case 3:
                Replace(bytes, span, Text(bytes, spans[_random.Next(spans.Count)]));
                break;
            case 4 when JsonSpan.Find(other) is { Count: > 0 } others:
                var taken = others[_random.Next(others.Count)];
                Replace(bytes, span, other[taken.Start..taken.End]);
                break;
            case 5 when bytes[span.Start] == (byte)'{':
                bytes.InsertRange(span.Start + 1, [.. Member(), .. bytes[span.Start + 1] == (byte)'}' ? ""u8 : ","u8]);
                break;
            default:
                Replace(bytes, span, _values[_random.Next(_values.Length)]);
                break;
        }

        return true;
    }

    private void ChangeName(List<byte> bytes, JsonSpan span)
    {
        if (_members.Length == 0 || _random.Next(3) == 0)
        {
            Remove(bytes, span);
            return;
        }

        var member = _members[_random.Next(_members.Length)];
        Replace(bytes, span, member[..(member.AsSpan(1).IndexOf((byte)'"') + 2)]);
    }

    private byte[] Member()
    {
        var member = _members.Length == 0 ? "\"a\":"u8.ToArray() : _members[_random.Next(_members.Length)];
        return member[^1] == (byte)':' ? [.. member, .. _values[_random.Next(_values.Length)]] : member;
    }

    // With the comma after it, or before it: else the rest would be no JSON.
    private static void Remove(List<byte> bytes, JsonSpan span)
    {
        var (start, end) = (span.MemberStart, span.MemberEnd);
        if (end < bytes.Count && bytes[end] == (byte)',')
        {
            end++;
        }
        else if (start > 0 && bytes[start - 1] == (byte)',')
        {
            start--;
        }

        bytes.RemoveRange(start, end - start);
    }

    private static byte[] Text(List<byte> bytes, JsonSpan span) => [.. bytes[span.Start..span.End]];

    private static void Replace(List<byte> bytes, JsonSpan span, byte[] by)
    {
        bytes.RemoveRange(span.Start, span.End - span.Start);
        bytes.InsertRange(span.Start, by);
    }

    private static byte[][] Encode(IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}

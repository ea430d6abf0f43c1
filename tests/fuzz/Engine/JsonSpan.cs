namespace ProxyCluster.Tests.Fuzz.Engine;

/// <summary>Where a value or a member's name stands.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Behind its last.</param>
/// <param name="IsName">Whether it is a member's name.</param>
/// <param name="MemberStart">Of a member's name or value: where the member begins.</param>
/// <param name="MemberEnd">And ends.</param>
internal readonly record struct JsonSpan(int Start, int End, bool IsName, int MemberStart, int MemberEnd)
{
    private const int Most = 4096;

    /// <summary>Every name and value, in text that need be no JSON as a whole: what cannot be read is passed over.</summary>
    public static List<JsonSpan> Find(ReadOnlySpan<byte> text)
    {
        var spans = new List<JsonSpan>();
        var open = new Stack<(int Start, int Name)>();
        var name = -1;
        for (var at = 0; at < text.Length && spans.Count < Most;)
        {
            var end = at + 1;
            switch (text[at])
            {
                case (byte)'{' or (byte)'[':
                    open.Push((at, name));
                    name = -1;
                    break;
                case (byte)'}' or (byte)']' when open.TryPop(out var begun):
                    Add(spans, text, begun.Start, end, begun.Name);
                    name = -1;
                    break;
                case (byte)'"':
                    end = EndOfString(text, at);
                    if (end < text.Length && text[end] == (byte)':')
                    {
                        name = at;
                        break;
                    }

                    Add(spans, text, at, end, name);
                    name = -1;
                    break;
                case var c when IsScalar(c) && open.Count > 0:
                    while (end < text.Length && IsScalar(text[end]))
                    {
                        end++;
                    }

                    Add(spans, text, at, end, name);
                    name = -1;
                    break;
                default:
                    break;
            }

            at = end;
        }

        return spans;
    }

    private static void Add(List<JsonSpan> spans, ReadOnlySpan<byte> text, int start, int end, int name)
    {
        spans.Add(new JsonSpan(start, end, false, name < 0 ? start : name, end));
        if (name >= 0)
        {
            spans.Add(new JsonSpan(name, EndOfString(text, name), true, name, end));
        }
    }

    private static int EndOfString(ReadOnlySpan<byte> text, int start)
    {
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] == (byte)'\\')
            {
                at++;
            }
            else if (text[at] == (byte)'"')
            {
                return at + 1;
            }
            else if (text[at] == (byte)'\n')
            {
                return at;
            }
        }

        return text.Length;
    }

    private static bool IsScalar(byte c) => c is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'z') or (byte)'-' or (byte)'+' or (byte)'.' or (byte)'E';
}

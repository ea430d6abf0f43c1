using System.Buffers;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>
/// Walks over the members of an object or the elements of an array in JSON that was checked before, and finds where their
/// values stand without reading them: what is inside is passed over a vector at a time.
/// </summary>
/// <remarks>JSON with a fault ends in <see cref="FormatException"/>, or in the exception of an index that is out of range.</remarks>
internal ref struct JsonRun
{
    private static readonly SearchValues<byte> Nesting = SearchValues.Create("\"[]{}"u8);
    private static readonly SearchValues<byte> ScalarEnds = SearchValues.Create(",]} \t\r\n"u8);

    private readonly ReadOnlySpan<byte> _json;
    private readonly bool _isObject;
    private int _at;

    /// <param name="json">All of it.</param>
    /// <param name="start">Where the object or the array begins.</param>
    /// <exception cref="FormatException">Neither begins there.</exception>
    public JsonRun(ReadOnlySpan<byte> json, int start)
    {
        _json = json;
        _isObject = json[start] == '{';
        _at = start + 1;
        if (!_isObject && json[start] != '[')
        {
            throw Fault();
        }
    }

    /// <summary>A member's name as it stands between its quotes; empty in an array.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Where the value stands.</summary>
    public Range Value { get; private set; }

    /// <summary>The value's first byte.</summary>
    public readonly byte First => _json[Value.Start];

    /// <summary>After the last: where the closing bracket stands.</summary>
    public readonly int Closing => _at;

    public bool MoveNext()
    {
        _at = SkipBlanks(_at);
        if (_json[_at] == ',')
        {
            _at = SkipBlanks(_at + 1);
        }

        if (_json[_at] is (byte)'}' or (byte)']')
        {
            return false;
        }

        if (_isObject)
        {
            var end = EndOfString(_json, _at);
            Name = _json[(_at + 1)..(end - 1)];
            _at = SkipBlanks(SkipBlanks(end) + 1);
        }

        Value = _at..EndOf(_json, _at);
        _at = Value.End.Value;
        return true;
    }

    /// <summary>Where the value that begins at a place ends.</summary>
    /// <exception cref="FormatException">It does not end.</exception>
    public static int EndOf(ReadOnlySpan<byte> json, int start) => json[start] switch
    {
        (byte)'"' => EndOfString(json, start),
        (byte)'[' or (byte)'{' => EndOfNest(json, start),
        _ => Found(json, start, json[start..].IndexOfAny(ScalarEnds)),
    };

    private static int EndOfNest(ReadOnlySpan<byte> json, int start)
    {
        var depth = 0;
        var at = start;
        do
        {
            at = Found(json, at, json[at..].IndexOfAny(Nesting));
            switch (json[at])
            {
                case (byte)'"':
                    at = EndOfString(json, at);
                    break;
                case (byte)'[' or (byte)'{':
                    depth++;
                    at++;
                    break;
                default:
                    depth--;
                    at++;
                    break;
            }
        }
        while (depth > 0);
        return at;
    }

    private static int EndOfString(ReadOnlySpan<byte> json, int start)
    {
        var at = start + 1;
        while (at < json.Length)
        {
            at = Found(json, at, json[at..].IndexOfAny((byte)'"', (byte)'\\'));
            if (json[at] == '"')
            {
                return at + 1;
            }

            at += 2;
        }

        throw Fault();
    }

    private readonly int SkipBlanks(int at) => Found(_json, at, _json[at..].IndexOfAnyExcept(" \t\r\n"u8));

    private static int Found(ReadOnlySpan<byte> json, int from, int distance) => distance < 0 || from > json.Length ? throw Fault() : from + distance;

    private static FormatException Fault() => new("The JSON ends within a value.");
}

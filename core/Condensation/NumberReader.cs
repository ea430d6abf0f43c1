using System.Globalization;

namespace ProxyCluster.Core.Condensation;

/// <summary>Reads numbers written in digits of any script: <c>1,250</c> and <c>1250</c> are one number, so are <c>1.5</c> and <c>1,5</c>, and <c>05</c> is <c>5</c>.</summary>
/// <param name="text">Any text.</param>
internal ref struct NumberReader(ReadOnlySpan<char> text)
{
    private const int MostDigits = 40;
    private const int DigitsOfGroup = 3;

    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>Where the number begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends.</summary>
    public readonly int End => _at;

    /// <summary>Goes to the next number.</summary>
    /// <param name="runs">Takes its runs of digits, without zeros before them.</param>
    /// <returns>
    /// Its digits, without zeros before them: of thousands that are set apart all of them, else those after a separator behind a
    /// point, so that 1.5 is not 15. <see langword="null"/>: there is no number left.
    /// </returns>
    public string? Read(List<string> runs)
    {
        runs.Clear();
        while (_at < _text.Length && !char.IsDigit(_text[_at]))
        {
            _at++;
        }

        if (_at == _text.Length)
        {
            return null;
        }

        Start = _at;
        Span<char> digits = stackalloc char[2 * MostDigits];
        Span<char> pointed = stackalloc char[2 * MostDigits];
        var (length, points, isGrouped) = (0, 0, true);
        while (true)
        {
            var run = ReadRun(digits[length..], MostDigits - length);
            isGrouped &= runs.Count == 0 || run == DigitsOfGroup;
            digits.Slice(length, run).CopyTo(pointed[(length + points)..]);
            runs.Add(Bare(digits.Slice(length, run)));
            length += run;
            if (!IsSeparated())
            {
                return Bare(isGrouped ? digits[..length] : pointed[..(length + points)]);
            }

            _at++;
            if (points < MostDigits)
            {
                pointed[length + points++] = '.';
            }
        }
    }

    // Those beyond the most there is room for are passed over.
    private int ReadRun(scoped Span<char> digits, int most)
    {
        var run = 0;
        for (; _at < _text.Length && char.IsDigit(_text[_at]); _at++)
        {
            if (run < most)
            {
                digits[run++] = (char)('0' + (int)CharUnicodeInfo.GetNumericValue(_text[_at]));
            }
        }

        return run;
    }

    private readonly bool IsSeparated() =>
        _at + 1 < _text.Length && _text[_at] is '.' or ',' or '\'' or '\u2019' or '\u00A0' or '\u202F' && char.IsDigit(_text[_at + 1]);

    private static string Bare(ReadOnlySpan<char> digits) => digits.TrimStart('0') is { IsEmpty: false } bare ? bare.ToString() : "0";
}

using System.Globalization;

namespace ProxyCluster.Core.Condensation;

/// <summary>Reads numbers written in digits of any script: <c>1,250</c> and <c>1250</c> are one number, <c>05</c> is <c>5</c>.</summary>
/// <param name="text">Any text.</param>
internal ref struct NumberReader(ReadOnlySpan<char> text)
{
    private const int MostDigits = 40;

    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>Where the number begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends.</summary>
    public readonly int End => _at;

    /// <summary>Goes to the next number.</summary>
    /// <param name="runs">Takes its runs of digits, without zeros before them.</param>
    /// <returns>All of its digits, without zeros before them; <see langword="null"/>: there is no number left.</returns>
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
        Span<char> digits = stackalloc char[MostDigits];
        var (length, run) = (0, 0);
        for (; _at < _text.Length; _at++)
        {
            if (char.IsDigit(_text[_at]))
            {
                if (length < MostDigits)
                {
                    digits[length++] = (char)('0' + (int)CharUnicodeInfo.GetNumericValue(_text[_at]));
                }
            }
            else if (_text[_at] is '.' or ',' or '\'' or '\u2019' or '\u00A0' or '\u202F' && _at + 1 < _text.Length && char.IsDigit(_text[_at + 1]))
            {
                runs.Add(Bare(digits[run..length]));
                run = length;
            }
            else
            {
                break;
            }
        }

        runs.Add(Bare(digits[run..length]));
        return Bare(digits[..length]);
    }

    private static string Bare(ReadOnlySpan<char> digits) => digits.TrimStart('0') is { IsEmpty: false } bare ? bare.ToString() : "0";
}

using System.Globalization;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Writes durations as Go does (<c>6m0s</c>, <c>1.5s</c>, <c>20ms</c>, <c>0s</c>), which is how OpenAI sends resets.</summary>
internal static class GoDuration
{
    private const int Longest = 32;

    /// <summary>A duration in whole milliseconds, rounded up; what is negative is <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        var milliseconds = (duration.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
        return milliseconds switch
        {
            <= 0 => "0s",
            60_000 => "1m0s",
            3_600_000 => "1h0m0s",
            _ => Write(milliseconds),
        };
    }

    private static string Write(long milliseconds)
    {
        Span<char> text = stackalloc char[Longest];
        var length = 0;
        if (milliseconds < 1000)
        {
            Add(milliseconds, "ms", text, ref length);
            return text[..length].ToString();
        }

        var minutes = milliseconds / 60_000;
        if (minutes >= 60)
        {
            Add(minutes / 60, "h", text, ref length);
        }

        if (minutes > 0)
        {
            Add(minutes % 60, "m", text, ref length);
        }

        Add(milliseconds % 60_000 / 1000, "", text, ref length);
        if (milliseconds % 1000 is > 0 and var rest)
        {
            text[length++] = '.';
            rest.TryFormat(text[length..], out var digits, "000", CultureInfo.InvariantCulture);
            length += text.Slice(length, digits).TrimEnd('0').Length;
        }

        text[length++] = 's';
        return text[..length].ToString();
    }

    private static void Add(long number, string unit, Span<char> text, ref int length)
    {
        number.TryFormat(text[length..], out var digits, default, CultureInfo.InvariantCulture);
        length += digits;
        unit.CopyTo(text[length..]);
        length += unit.Length;
    }
}

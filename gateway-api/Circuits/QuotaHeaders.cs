using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>
/// Reads what a provider's headers say of its limits: <c>x-ratelimit-{limit,remaining,reset}-{requests,tokens}</c> as OpenAI
/// and those like it send them, with or without a window's name behind, and Anthropic's
/// <c>anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}</c>. Allocates nothing.
/// </summary>
internal static class QuotaHeaders
{
    private const string Common = "x-ratelimit-";
    private const string Anthropic = "anthropic-ratelimit-";
    private const double UnixSeconds = 1e9; // numbers from here on are no durations
    private const double UnixMilliseconds = 1e12;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private static readonly SearchValues<char> DecimalCharacters = SearchValues.Create("0123456789.");

    private enum Part
    {
        Limit,
        Remaining,
        Reset,
    }

    /// <summary>Reads the headers of one answer.</summary>
    /// <param name="headers">The answer's.</param>
    /// <param name="now">The time.</param>
    /// <returns>Of several limits of a kind the scarcest; what cannot be understood is left out.</returns>
    public static QuotaReading Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var room = default(Limits);
        Span<Limit> limits = room;
        var count = 0;
        foreach (var (name, values) in headers.NonValidated)
        {
            if (Split(name, out var part, out var subject) && IsKnown(subject))
            {
                Take(limits, ref count, part, subject, values.ToString().AsSpan().Trim(), now);
            }
        }

        return count == 0 ? default : new QuotaReading(Scarcest(limits[..count], isTokens: false, now), Scarcest(limits[..count], isTokens: true, now));
    }

    private static bool Split(string name, out Part part, out ReadOnlyMemory<char> subject)
    {
        (part, subject) = (default, default);
        if (name.StartsWith(Common, StringComparison.OrdinalIgnoreCase))
        {
            var rest = name.AsMemory(Common.Length);
            var dash = rest.Span.IndexOf('-');
            subject = dash < 0 ? default : rest[(dash + 1)..];
            return IsPart(dash < 0 ? rest.Span : rest.Span[..dash], out part);
        }

        if (name.StartsWith(Anthropic, StringComparison.OrdinalIgnoreCase))
        {
            var rest = name.AsMemory(Anthropic.Length);
            var dash = rest.Span.LastIndexOf('-');
            subject = dash < 0 ? default : rest[..dash];
            return dash > 0 && IsPart(rest.Span[(dash + 1)..], out part);
        }

        return false;
    }

    private static bool IsPart(ReadOnlySpan<char> text, out Part part)
    {
        part = text.Equals("remaining", StringComparison.OrdinalIgnoreCase) ? Part.Remaining
            : text.Equals("reset", StringComparison.OrdinalIgnoreCase) ? Part.Reset
            : Part.Limit;
        return part != Part.Limit || text.Equals("limit", StringComparison.OrdinalIgnoreCase);
    }

    // Without a subject it is requests that are counted.
    private static bool IsKnown(ReadOnlyMemory<char> subject) =>
        subject.IsEmpty || subject.Span.StartsWith("req", StringComparison.OrdinalIgnoreCase) || IsTokens(subject.Span);

    private static bool IsTokens(ReadOnlySpan<char> subject) =>
        subject.StartsWith("tok", StringComparison.OrdinalIgnoreCase)
        || subject.StartsWith("input-tok", StringComparison.OrdinalIgnoreCase)
        || subject.StartsWith("output-tok", StringComparison.OrdinalIgnoreCase);

    private static void Take(Span<Limit> limits, ref int count, Part part, ReadOnlyMemory<char> subject, ReadOnlySpan<char> value, DateTimeOffset now)
    {
        var i = 0;
        while (i < count && !limits[i].Subject.Span.Equals(subject.Span, StringComparison.OrdinalIgnoreCase))
        {
            i++;
        }

        if (i == limits.Length)
        {
            return;
        }

        count = Math.Max(count, i + 1);
        ref var limit = ref limits[i];
        limit.Subject = subject;
        switch (part)
        {
            case Part.Limit:
                limit.Most = ReadNumber(value) ?? 0;
                break;
            case Part.Remaining:
                limit.Remaining = ReadNumber(value);
                break;
            default:
                limit.ResetsAt = ReadReset(value, now);
                break;
        }
    }

    private static QuotaAmount? Scarcest(ReadOnlySpan<Limit> limits, bool isTokens, DateTimeOffset now)
    {
        QuotaAmount? scarcest = null;
        foreach (ref readonly var limit in limits)
        {
            if (limit.Remaining is not { } remaining || IsTokens(limit.Subject.Span) != isTokens)
            {
                continue;
            }

            var amount = new QuotaAmount(limit.Most, remaining, limit.ResetsAt);
            if (scarcest is not { } known || Rank(amount, now) < Rank(known, now))
            {
                scarcest = amount;
            }
        }

        return scarcest;
    }

    private static double Rank(in QuotaAmount amount, DateTimeOffset now) => amount.SpentUntil(now) is null ? amount.Left(now) : -1;

    private static long? ReadNumber(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < long.MaxValue
            ? (long)number
            : null;

    // Seconds, a moment in Unix time, a date, or a duration such as 6m0s and 120ms.
    private static DateTimeOffset? ReadReset(ReadOnlySpan<char> text, DateTimeOffset now)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return number switch
            {
                >= UnixMilliseconds and < 1e14 => Near(DateTimeOffset.FromUnixTimeMilliseconds((long)number), now),
                >= UnixSeconds and < 1e11 => Near(DateTimeOffset.FromUnixTimeSeconds((long)number), now),
                >= 0 and < UnixSeconds => Near(now + TimeSpan.FromSeconds(number), now),
                _ => null,
            };
        }

        if (ReadDuration(text) is { } duration)
        {
            return Near(now + duration, now);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Near(date, now) : null;
    }

    private static TimeSpan? ReadDuration(ReadOnlySpan<char> text)
    {
        double seconds = 0;
        var isAny = false;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(DecimalCharacters);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            text = text[digits..];
            var (unit, length) = UnitOf(text);
            if (length == 0)
            {
                return null;
            }

            seconds += number * unit;
            text = text[length..];
            isAny = true;
        }

        return isAny && seconds <= Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static (double Seconds, int Length) UnitOf(ReadOnlySpan<char> text) =>
        text.StartsWith("ms") ? (0.001, 2)
        : text[0] switch
        {
            's' => (1, 1),
            'm' => (60, 1),
            'h' => (3600, 1),
            'd' => (86_400, 1),
            _ => (0, 0),
        };

    // A reset that lies farther away than any limit's window is no reset.
    private static DateTimeOffset? Near(DateTimeOffset reset, DateTimeOffset now)
    {
        if (reset - now > Longest)
        {
            return null;
        }

        return reset;
    }

    [InlineArray(8)]
    private struct Limits
    {
        private Limit _first;
    }

    private struct Limit
    {
        public ReadOnlyMemory<char> Subject;
        public long Most;
        public long? Remaining;
        public DateTimeOffset? ResetsAt;
    }
}

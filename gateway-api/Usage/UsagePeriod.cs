using System.Globalization;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>The days that are asked for: <c>?from=&amp;to=</c>, as <c>2026-11-26</c>, UTC, both included.</summary>
internal readonly record struct UsagePeriod(DateOnly From, DateOnly To)
{
    private const string Format = "yyyy-MM-dd";

    /// <summary>Reads the query.</summary>
    /// <param name="request">The request.</param>
    /// <param name="today">The last day, where none is named.</param>
    /// <param name="first">The first day, where none is named.</param>
    /// <param name="period">What is asked for.</param>
    /// <returns>What is wrong with it; <see langword="null"/>: nothing.</returns>
    public static string? Read(HttpRequest request, DateOnly today, DateOnly first, out UsagePeriod period)
    {
        period = default;
        if (!TryRead(request, "from", first, out var from) || !TryRead(request, "to", today, out var to))
        {
            return "'from' and 'to' must be days such as 2026-11-26.";
        }

        if (to < from || to.DayNumber - from.DayNumber >= UsageReader.MostDays)
        {
            return $"'to' must not be before 'from', and at most {UsageReader.MostDays} days can be asked for at once.";
        }

        period = new UsagePeriod(from, to);
        return null;
    }

    private static bool TryRead(HttpRequest request, string name, DateOnly otherwise, out DateOnly day)
    {
        day = otherwise;
        return request.Query[name] is not { Count: > 0 } text
            || DateOnly.TryParseExact(text.ToString(), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }
}

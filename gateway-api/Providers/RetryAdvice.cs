using System.Globalization;
using System.Net.Http.Headers;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Reads how long a provider asks to be left alone.</summary>
internal static class RetryAdvice
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <returns><see langword="null"/> when it does not say.</returns>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds >= 0 && milliseconds <= Longest.TotalMilliseconds)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        TimeSpan? wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
            _ => null,
        };
        return wait > Longest ? Longest : wait;
    }
}

using System.Globalization;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Numbers in headers. The same few stand in every response: a string each would be most of the limiter's allocations.</summary>
internal static class NumberText
{
    private const int Small = 2048;
    private const int Places = 256;

    private static readonly string?[] SmallOnes = new string?[Small];
    private static readonly Known?[] KnownOnes = new Known?[Places];

    /// <summary>A number that is another one each time, such as what is left.</summary>
    public static string Of(long value) => (ulong)value < Small
        ? SmallOnes[value] ??= value.ToString(CultureInfo.InvariantCulture)
        : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number that comes again and again, such as a limit.</summary>
    public static string OfLimit(long value)
    {
        if ((ulong)value < Small)
        {
            return Of(value);
        }

        ref var place = ref KnownOnes[(ulong)(value * 2_654_435_761) / 65_536 % Places];
        if (Volatile.Read(ref place) is { } known && known.Value == value)
        {
            return known.Text;
        }

        var made = new Known(value, value.ToString(CultureInfo.InvariantCulture));
        Volatile.Write(ref place, made);
        return made.Text;
    }

    private sealed record Known(long Value, string Text);
}

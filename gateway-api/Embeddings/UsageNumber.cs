using System.Buffers;
using System.Globalization;
using ProxyCluster.Core.Batching;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>A number of what was billed for a joined call: tokens, or money. Its shares add up to it.</summary>
internal sealed class UsageNumber
{
    private const int MostDigits = 18; // what fits a long, whatever the digits

    private readonly long _units;
    private readonly byte _scale;
    private long[] _shares = [];

    private UsageNumber(Range place, long units, byte scale)
    {
        Place = place;
        _units = units;
        _scale = scale;
    }

    /// <summary>Where it stands in the answer.</summary>
    public Range Place { get; }

    /// <summary>Reads a value; <see langword="null"/>: it is nothing that can be split.</summary>
    public static UsageNumber? Read(ReadOnlySpan<byte> answer, Range place)
    {
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (answer[place.Start] is < (byte)'0' or > (byte)'9'
            || !decimal.TryParse(answer[place], Styles, CultureInfo.InvariantCulture, out var number)
            || number.Scale > MostDigits)
        {
            return null;
        }

        // In units of its last digit it is whole.
        var unit = new decimal(1, 0, 0, false, number.Scale);
        return number <= long.MaxValue * unit ? new UsageNumber(place, (long)(number / unit), number.Scale) : null;
    }

    /// <summary>Splits it.</summary>
    /// <param name="weights">Of the callers.</param>
    public void Split(ReadOnlySpan<long> weights)
    {
        _shares = new long[weights.Length];
        Shares.Split(_units, weights, _shares);
    }

    /// <summary>Writes a caller's share.</summary>
    public void WriteShare(int caller, IBufferWriter<byte> output)
    {
        var share = _shares[caller];
        var span = output.GetSpan(32);
        new decimal((int)share, (int)(share >> 32), 0, false, _scale).TryFormat(span, out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }
}

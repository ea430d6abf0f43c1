using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Costs;

/// <summary>Tells what a stream cost where clients look for usage: a member <c>cost_usd</c> of the provider's own object.</summary>
internal static class UsageCost
{
    private const int LongestDecimal = 32;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>An event with the cost in its <c>usage</c>, which stands in it or in the <c>response</c> that it holds.</summary>
    /// <param name="data">One JSON object, read before without fault.</param>
    /// <param name="dollars">What the answer cost so far; <see langword="null"/>: not known.</param>
    /// <returns>The event as it came, where there is nothing to tell or no place for it.</returns>
    public static ReadOnlySpan<byte> AddTo(ReadOnlySpan<byte> data, decimal? dollars)
    {
        if (dollars is not { } cost || FindUsage(data) is not { } usage || IsToldIn(data[usage]))
        {
            return data;
        }

        var output = new ArrayBufferWriter<byte>(data.Length + 64);
        output.Write(data[..(usage.End.Value - 1)]);
        WriteMember(data[usage], cost, output);
        output.Write(data[(usage.End.Value - 1)..]);
        return output.WrittenSpan;
    }

    /// <summary>Whether an object tells a cost already: a name must not stand in it twice.</summary>
    /// <param name="usage">A JSON object.</param>
    public static bool IsToldIn(ReadOnlySpan<byte> usage) => usage.IndexOf("\"cost_usd\""u8) >= 0;

    /// <summary>Writes the member, to stand before the object's last brace.</summary>
    /// <param name="usage">The JSON object, braces included.</param>
    /// <param name="dollars">What it cost.</param>
    /// <param name="output">Takes the member, comma included.</param>
    public static void WriteMember(ReadOnlySpan<byte> usage, decimal dollars, IBufferWriter<byte> output)
    {
        var isFirst = usage[..^1].TrimEnd(" \t\r\n"u8).Length == 1;
        output.Write(isFirst ? "\"cost_usd\":"u8 : ",\"cost_usd\":"u8);
        dollars.TryFormat(output.GetSpan(LongestDecimal), out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }

    private static Range? FindUsage(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, Options);
        reader.Read();
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var isUsage = reader.ValueTextEquals("usage"u8);
            var isResponse = reader.CurrentDepth == 1 && reader.ValueTextEquals("response"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (isResponse && reader.TokenType == JsonTokenType.StartObject)
            {
                continue;
            }

            reader.Skip();
            if (isUsage && data[start] == (byte)'{')
            {
                return start..(int)reader.BytesConsumed;
            }
        }

        return null;
    }
}

using System.Buffers;
using System.Globalization;

namespace ProxyCluster.GatewayApi.Costs;

/// <summary>Tells what a stream cost where clients look for usage: a member <c>cost_usd</c> of the provider's own object.</summary>
internal static class UsageCost
{
    private const int LongestDecimal = 32;

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
}

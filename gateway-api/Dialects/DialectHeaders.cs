namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>What of a client's headers belongs to its dialect and may go on to a provider of the same one. Nothing else ever does.</summary>
/// <param name="PassedOn">Names and values, checked.</param>
/// <param name="Warnings">What was left out, for <c>x-proxy-warning</c>; <see langword="null"/>: nothing.</param>
internal sealed record DialectHeaders(IReadOnlyList<KeyValuePair<string, string>> PassedOn, string? Warnings)
{
    public static readonly DialectHeaders None = new([], null);
}

using System.Buffers;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>The header <c>x-proxy-tag</c>: a word of the client's own that its spend is told apart by.</summary>
internal static class RequestTag
{
    private const string Header = "x-proxy-tag";
    private const int Longest = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/-");

    /// <summary>Reads the header.</summary>
    /// <returns>Why it is refused; <see langword="null"/>: it is read, or there is none.</returns>
    public static Refusal? Read(Exchange exchange)
    {
        var sent = exchange.Context.Request.Headers[Header];
        if (sent.Count == 0)
        {
            return null;
        }

        if (sent.Count > 1 || sent[0] is not { Length: > 0 and <= Longest } tag || tag.AsSpan().ContainsAnyExcept(Allowed))
        {
            return Refusals.InvalidValue(Header, $"The header '{Header}' must be one word of at most {Longest} letters, digits, and . _ : / -");
        }

        exchange.Tag = tag;
        return null;
    }
}

using System.Buffers;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Lets a trace go on at the provider. Nothing else of the client's headers does.</summary>
internal static class TraceHeader
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789abcdef-");

    /// <summary>Sets <c>traceparent</c>: of the attempt's span, else the client's own where it is well-formed.</summary>
    public static void Write(Exchange exchange, HttpRequestMessage message)
    {
        if (exchange.AttemptSpan is { } span)
        {
            GatewayTracing.Hand(span, message);
            return;
        }

        var parent = exchange.Context.Request.Headers.TraceParent;
        if (parent.Count == 1 && parent[0] is { Length: 55 } value && !value.AsSpan().ContainsAnyExcept(Characters))
        {
            message.Headers.TryAddWithoutValidation("traceparent", value);
        }
    }
}

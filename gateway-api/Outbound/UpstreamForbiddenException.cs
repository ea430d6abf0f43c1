namespace ProxyCluster.GatewayApi.Outbound;

/// <summary>A host leads to an address that may not be connected to. The message is for operators: it names the host.</summary>
internal sealed class UpstreamForbiddenException(string message) : IOException(message)
{
    /// <summary>Whether this is what a request died of.</summary>
    public static bool IsBehind(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is UpstreamForbiddenException)
            {
                return true;
            }
        }

        return false;
    }
}

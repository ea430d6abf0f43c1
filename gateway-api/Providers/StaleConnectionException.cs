namespace ProxyCluster.GatewayApi.Providers;

/// <summary>A connection that had served before died under a request, of whose answer no byte had come.</summary>
internal sealed class StaleConnectionException(Exception? cause) : IOException("The provider had closed a connection that was kept open for reuse.", cause)
{
    /// <summary>Whether this is the reason for a failure to send.</summary>
    public static bool IsBehind(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is StaleConnectionException)
            {
                return true;
            }
        }

        return false;
    }
}

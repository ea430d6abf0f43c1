using Microsoft.AspNetCore.Connections;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>How many connections one listener has at once: who fills the data listener leaves probes and operators theirs.</summary>
/// <param name="most">The most; what comes beyond is closed at once.</param>
internal sealed class ConnectionQuota(int most)
{
    /// <summary>Connections to a listener that applications do not call.</summary>
    public const int OfOperators = 256;

    private int _open;

    /// <summary>Serves a connection, or closes it.</summary>
    public async Task TakeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _open) > most)
            {
                connection.Abort(new ConnectionAbortedException("The listener has as many connections as it may."));
                return;
            }

            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}

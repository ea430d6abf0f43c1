using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// The open connections, so that a process that has waited long enough can end them. By connection and not by request:
/// a connection costs one entry for all of its requests.
/// </summary>
internal sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<string, ConnectionContext> _connections = new(StringComparer.Ordinal);

    /// <summary>How many are open.</summary>
    public int Count => _connections.Count;

    /// <summary>Remembers a connection while it lives.</summary>
    public async Task TrackAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        _connections[connection.ConnectionId] = connection;
        try
        {
            await next(connection);
        }
        finally
        {
            _connections.TryRemove(connection.ConnectionId, out _);
        }
    }

    /// <summary>Ends all of them at once.</summary>
    /// <returns>How many there were.</returns>
    public int AbortAll()
    {
        var aborted = 0;
        foreach (var connection in _connections.Values)
        {
            connection.Abort(new ConnectionAbortedException("The process is stopping."));
            aborted++;
        }

        return aborted;
    }
}

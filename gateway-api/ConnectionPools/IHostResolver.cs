using System.Net;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>Finds the addresses of host names.</summary>
internal interface IHostResolver
{
    /// <summary>The addresses of a host, in the order in which they are to be tried; never none.</summary>
    /// <param name="host">Its name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="System.Net.Sockets.SocketException">There is no such host, or nobody who knows.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

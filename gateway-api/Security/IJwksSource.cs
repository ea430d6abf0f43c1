namespace ProxyCluster.GatewayApi.Security;

/// <summary>Fetches an issuer's key set. Implemented over HTTP, and by tests.</summary>
internal interface IJwksSource
{
    /// <summary>Fetches a key set (RFC 7517, section 5).</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="JwksException">It could not be fetched.</exception>
    Task<string> FetchAsync(Uri address, CancellationToken cancellationToken);
}

/// <summary>An issuer's keys could not be read. The message is a few words of our own.</summary>
internal sealed class JwksException(string message, Exception? inner = null) : Exception(message, inner);

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// A content that reads the client's body where it stands. Over HTTP/2 an answer may come while the request is still
/// being sent: then the body's memory must not be used again.
/// </summary>
internal interface IBorrowsBody
{
    /// <summary>Whether the body is being read at this moment.</summary>
    bool IsReadingBody { get; }
}

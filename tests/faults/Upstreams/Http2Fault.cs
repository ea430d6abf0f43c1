namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>What becomes of an answer over HTTP/2, and when.</summary>
internal sealed record Http2Fault(Http2Trouble Trouble, Http2Moment Moment);

/// <summary>How a stream or its connection ends.</summary>
public enum Http2Trouble
{
    /// <summary>Nothing more is sent; the connection lives on, and answers pings.</summary>
    Stall = 0,

    /// <summary>RST_STREAM with INTERNAL_ERROR: this stream alone ends.</summary>
    Reset = 1,

    /// <summary>RST_STREAM with REFUSED_STREAM: the request was not looked at.</summary>
    Refusal = 2,

    /// <summary>The connection is cut, with all its streams.</summary>
    Cut = 3,

    /// <summary>GOAWAY: the connection takes no new streams and ends those that it has.</summary>
    Farewell = 4,
}

/// <summary>How far the answer has come.</summary>
public enum Http2Moment
{
    /// <summary>Nothing was sent.</summary>
    BeforeHeaders = 0,

    /// <summary>Status and headers were sent.</summary>
    BeforeContent = 1,

    /// <summary>The first content was sent.</summary>
    Midway = 2,
}

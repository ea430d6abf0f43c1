namespace ProxyCluster.Core.Providers;

/// <summary>How one attempt at a provider ended, and whose fault it was.</summary>
public enum AttemptOutcome
{
    /// <summary>A whole answer, or a stream to its end.</summary>
    Succeeded = 0,

    /// <summary>The client left. Counts for and against nobody.</summary>
    Abandoned = 1,

    /// <summary>The provider refused the request itself (4xx of the client's making). The provider is well.</summary>
    Rejected = 2,

    /// <summary>429: a cool-down, not a failure.</summary>
    RateLimited = 3,

    /// <summary>The provider refused our credentials (401, 403).</summary>
    CredentialsRefused = 4,

    /// <summary>No connection.</summary>
    ConnectFailed = 5,

    /// <summary>A time limit passed: connect, first token, idle or total.</summary>
    TimedOut = 6,

    /// <summary>5xx, or 408.</summary>
    ServerError = 7,

    /// <summary>An answer that cannot be understood: HTML, half a JSON, an empty 200.</summary>
    InvalidAnswer = 8,

    /// <summary>A stream that was cut, stalled or broke off with an error after it began.</summary>
    StreamBroken = 9,
}

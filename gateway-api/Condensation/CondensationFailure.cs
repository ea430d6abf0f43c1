namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Why a conversation was not condensed.</summary>
internal enum CondensationFailure
{
    /// <summary>It took too long.</summary>
    TimedOut = 0,

    /// <summary>It threw.</summary>
    Threw = 1,

    /// <summary>It is larger than what is condensed.</summary>
    TooLarge = 2,

    /// <summary>It is in no form that is understood.</summary>
    Unreadable = 3,
}

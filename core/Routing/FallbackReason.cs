namespace ProxyCluster.Core.Routing;

/// <summary>Why a request goes on with another model than the one its alias stands for.</summary>
public enum FallbackReason
{
    /// <summary>It does not: it is served as asked, or no other model could mend the failure.</summary>
    None = 0,

    /// <summary>It is longer than the model's context.</summary>
    ContextTooLong = 1,

    /// <summary>A provider's content filter withheld it.</summary>
    ContentFilter = 2,

    /// <summary>The providers' own limits are reached.</summary>
    RateLimited = 3,

    /// <summary>Nobody can be asked, or every attempt has failed.</summary>
    Other = 4,
}

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What became of a summary that was asked for.</summary>
internal enum SummaryOutcome
{
    /// <summary>It was written.</summary>
    Written = 0,

    /// <summary>The caller's limits, budgets or allow-lists, or the model's provider, would not have it.</summary>
    Refused = 1,

    /// <summary>It came too late.</summary>
    TimedOut = 2,

    /// <summary>Asking failed.</summary>
    Failed = 3,

    /// <summary>What came is no summary of what was sent.</summary>
    Unusable = 4,
}

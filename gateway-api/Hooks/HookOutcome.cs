namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>What came of asking a hook.</summary>
/// <param name="Blocked">What the client is told; <see langword="null"/>: it is not blocked.</param>
/// <param name="Fault">Why it has given no verdict.</param>
/// <param name="IsOpen">Without a verdict the text passes as it is; what the hook has changed so far does not count.</param>
internal readonly record struct HookOutcome(string? Blocked, HookFault Fault, bool IsOpen)
{
    public bool IsPassed => Blocked is null && (Fault == HookFault.None || IsOpen);
}

/// <summary>How a hook failed.</summary>
internal enum HookFault
{
    None = 0,

    Threw = 1,

    TimedOut = 2,

    /// <summary>It returned <see langword="null"/>.</summary>
    NoVerdict = 3,

    /// <summary>So many of its calls have not returned that it is not asked any more.</summary>
    Stuck = 4,

    /// <summary>It would not decide, and more text than allowed had to be held back.</summary>
    Undecided = 5,
}

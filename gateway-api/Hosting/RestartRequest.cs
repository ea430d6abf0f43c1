namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Whether this process was asked, through the admin API, to end so that its supervisor starts it again.</summary>
internal sealed class RestartRequest
{
    /// <summary>
    /// What the process then exits with, so that a supervisor that restarts after failures alone restarts it too: the
    /// <c>EX_TEMPFAIL</c> of sysexits.h.
    /// </summary>
    public const int ExitCode = 75;

    private volatile bool _isMade;

    /// <summary>Whether it was asked.</summary>
    public bool IsMade => _isMade;

    /// <summary>Asks.</summary>
    public void Make() => _isMade = true;
}

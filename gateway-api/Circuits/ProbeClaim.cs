namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>
/// What one request alone may have, and has taken, but not sent yet: the probe of a half-open circuit, or the trial after
/// this gateway's own silence.
/// </summary>
/// <param name="Provider">Who is to be asked.</param>
/// <param name="Permit">The probe's number; 0: it is a trial.</param>
/// <param name="Until">When it ends, for whoever has it then; default: nothing was taken.</param>
internal readonly record struct ProbeClaim(string Provider, long Permit, DateTimeOffset Until)
{
    /// <summary>Whether there is anything to use or to give back.</summary>
    public bool IsHeld => Until != default;
}

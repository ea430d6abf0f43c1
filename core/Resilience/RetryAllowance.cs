namespace ProxyCluster.Core.Resilience;

/// <summary>How many retries may be in flight at a provider that fails.</summary>
/// <param name="Share">Of what is in flight there; 0 to 1.</param>
/// <param name="Least">Always allowed; at least 0.</param>
public readonly record struct RetryAllowance(double Share, int Least)
{
    /// <summary>The number.</summary>
    /// <param name="inFlight">What is in flight at the provider; at least 0.</param>
    public int Of(int inFlight) => Math.Max(Least, (int)(Share * inFlight));
}

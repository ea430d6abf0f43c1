namespace ProxyCluster.Core.Resilience;

/// <summary>Keeps hedged requests within a share of all requests. Safe for many threads.</summary>
/// <remarks>Each request earns its share of a hedge. What is earned and not used is kept up to ten hedges, so that a quiet night pays for no storm.</remarks>
public sealed class HedgeBudget
{
    private const long Unit = 1_000_000;
    private const long MostKept = 10 * Unit;

    private long _earned;

    /// <summary>A request came.</summary>
    /// <param name="share">Hedges to a request; 0 to 1.</param>
    public void Earn(double share)
    {
        if (Volatile.Read(ref _earned) < MostKept)
        {
            Interlocked.Add(ref _earned, (long)(share * Unit));
        }
    }

    /// <summary>Spends a hedge, if one is earned.</summary>
    public bool TrySpend()
    {
        if (Interlocked.Add(ref _earned, -Unit) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _earned, Unit);
        return false;
    }
}

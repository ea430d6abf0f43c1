namespace ProxyCluster.Core.Routing;

/// <summary>
/// Brings the score vector's count of requests in flight at one provider up to date: what this process has begun and
/// ended since it was told, and the others will have done likewise.
/// </summary>
/// <remarks>
/// Gateways that see the same old figures would all send to whoever had the fewest then, and back again with the next
/// vector: they would herd. Each of them sees its own requests at once, and a cluster's gateways get alike traffic, so that
/// its own change times their number is what the next vector will say. One thread ticks, any may ask.
/// </remarks>
public sealed class InFlightForecast
{
    private int _latest;
    private int _before;

    /// <summary>Call it whenever outcomes are told to the cluster, four times a second.</summary>
    /// <param name="own">What this process has in flight.</param>
    public void Tick(int own)
    {
        // Told, gathered, published: a vector in force holds what was told one round before the latest.
        Volatile.Write(ref _before, _latest);
        _latest = own;
    }

    /// <summary>Requests in flight in the whole cluster; at least this process's own.</summary>
    /// <param name="told">What the vector says.</param>
    /// <param name="own">What this process has in flight now.</param>
    /// <param name="gateways">How many gateways are active, this one included.</param>
    public int InCluster(int told, int own, int gateways)
    {
        var change = (long)(own - Volatile.Read(ref _before)) * Math.Max(1, gateways);
        return (int)Math.Clamp(told + change, own, int.MaxValue);
    }
}

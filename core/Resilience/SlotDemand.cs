namespace ProxyCluster.Core.Resilience;

/// <summary>Decides how many of a provider's slots a gateway asks for.</summary>
public static class SlotDemand
{
    // With fewer for each gateway a share is too coarse: one would hold slots that another needs.
    private const int LeastSharable = 4;

    /// <summary>Whether slots are taken one by one, because there are too few for shares.</summary>
    /// <param name="capacity">All slots of the provider.</param>
    /// <param name="gateways">How many gateways share them; at least 1.</param>
    public static bool IsOneByOne(int capacity, int gateways) => gateways > 1 && capacity < LeastSharable * gateways;

    /// <summary>What to ask for: what is needed, and a quarter more for the second until the next renewal; alone, everything.</summary>
    /// <param name="peak">The most that were in use at once lately.</param>
    /// <param name="waiting">Requests that wait for a slot.</param>
    /// <param name="capacity">All slots of the provider.</param>
    /// <param name="gateways">How many gateways share them; at least 1.</param>
    public static int Wanted(int peak, int waiting, int capacity, int gateways)
    {
        if (gateways <= 1)
        {
            return capacity;
        }

        var needed = peak + waiting;
        return Math.Min(capacity, IsOneByOne(capacity, gateways) ? needed : needed + (needed / 4) + 2);
    }

    /// <summary>What a gateway with a lease may have in use while the cluster does not answer: besides, its part of what nobody had.</summary>
    /// <param name="leased">What it has.</param>
    /// <param name="spare">What no gateway had when the cluster was last heard.</param>
    /// <param name="capacity">All slots of the provider.</param>
    /// <param name="gateways">How many gateways share them; at least 1.</param>
    public static int WhileSilent(int leased, int spare, int capacity, int gateways) =>
        Math.Max(leased, Math.Min(capacity, leased + (Math.Max(0, spare) / Math.Max(1, gateways))));

    /// <summary>What a gateway without a lease may have in use while the cluster does not answer: its equal part, but never nothing.</summary>
    /// <param name="capacity">All slots of the provider.</param>
    /// <param name="gateways">How many gateways share them; at least 1.</param>
    public static int EqualPart(int capacity, int gateways) => Math.Max(1, capacity / Math.Max(1, gateways));
}

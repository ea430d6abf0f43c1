using ProxyCluster.Core.Routing;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Leaves the providers of the region that a client asked for, and of these what its lists allow.</summary>
/// <param name="region">Compared exactly; a provider without a region is in none.</param>
/// <param name="allowed">What the caller may use; <see langword="null"/>: everything.</param>
internal sealed class WishedRegion(string region, ICandidateFilter? allowed) : ICandidateFilter
{
    /// <inheritdoc/>
    public Exclusion Judge(Candidate candidate, AliasDefinition? alias) =>
        (candidate.Provider.Region == region ? Exclusion.None : Exclusion.NotInRegion) | (allowed?.Judge(candidate, alias) ?? Exclusion.None);

    /// <summary>Whether somebody in a region serves.</summary>
    /// <param name="candidates">Who serves the model.</param>
    /// <param name="region">The region.</param>
    /// <param name="forced">The provider that alone may; <see langword="null"/>: any.</param>
    public static bool Serves(in CandidateSet candidates, string region, string? forced)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            var provider = candidates[i].Provider;
            if (provider.Region == region && (forced is null || provider.Name == forced))
            {
                return true;
            }
        }

        return false;
    }
}

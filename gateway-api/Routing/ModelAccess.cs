using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Holds callers to the models and regions of their allow-lists, for each name that is to serve: asked for, listed or fallen back to.</summary>
internal static class ModelAccess
{
    /// <summary>What rules candidates out for a caller; <see langword="null"/>: nothing does.</summary>
    public static ICandidateFilter? FilterOf(Caller? caller) => caller is { IsRestricted: true } ? caller : null;

    /// <summary>Why a caller may not use a name; <see langword="null"/>: it may, by one candidate at least.</summary>
    /// <param name="caller">Who asks; <see langword="null"/>: the gateway itself.</param>
    /// <param name="candidates">Who serves the name.</param>
    /// <param name="model">The name, as it was resolved.</param>
    /// <param name="forced">The provider that alone may serve; <see langword="null"/>: any.</param>
    public static Refusal? Refuse(Caller? caller, in CandidateSet candidates, string model, string? forced)
    {
        if (FilterOf(caller) is not { } filter)
        {
            return null;
        }

        // What is not there is told like what is not allowed: a list of names cannot be guessed.
        if (candidates.State == CandidateState.UnknownModel)
        {
            return caller!.MayName(model) ? null : Refusals.ModelNotAllowed(model);
        }

        var found = Exclusion.None;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (Admits(filter, candidates[i], candidates.Alias, forced, ref found))
            {
                return null;
            }
        }

        foreach (var candidate in candidates.OutOfService)
        {
            if (Admits(filter, candidate, candidates.Alias, forced, ref found))
            {
                return null;
            }
        }

        return found == Exclusion.None ? null
            : (found & Exclusion.ModelNotAllowed) != 0 ? Refusals.ModelNotAllowed(model)
            : Refusals.RegionNotAllowed(model);
    }

    private static bool Admits(ICandidateFilter filter, Candidate candidate, AliasDefinition? alias, string? forced, ref Exclusion found)
    {
        if (forced is not null && candidate.Provider.Name != forced)
        {
            return false;
        }

        var exclusions = filter.Judge(candidate, alias);
        found |= exclusions;
        return exclusions == Exclusion.None;
    }
}

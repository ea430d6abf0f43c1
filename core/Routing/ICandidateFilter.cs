namespace ProxyCluster.Core.Routing;

/// <summary>Says which candidates may serve a caller at all. Asked for each candidate of each choice: allocates nothing.</summary>
public interface ICandidateFilter
{
    /// <summary>What rules a candidate out: <see cref="Exclusion.ModelNotAllowed"/>, <see cref="Exclusion.RegionNotAllowed"/>, both or nothing.</summary>
    /// <param name="candidate">Provider and model.</param>
    /// <param name="alias">The alias that was asked for; <see langword="null"/>: a model was.</param>
    Exclusion Judge(Candidate candidate, AliasDefinition? alias);
}

using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.GrainInterfaces.Providers;

/// <summary>Owns one provider: its definition and what the whole cluster has seen of it.</summary>
/// <remarks>
/// Key: the provider's name in lower case, for example <c>anthropic-eu</c>.
/// The definition is stored before a change is acknowledged, and the circuit when it opens or closes. Outcomes, rests and
/// quotas are volatile: after a silo is lost the windows fill again within seconds.
/// </remarks>
[GrainInterfaceType("pc.provider"), Alias("pc.provider")]
public interface IProviderGrain : IGrainWithStringKey
{
    /// <summary>Tells what is known of it; <see langword="null"/> when there is no such provider.</summary>
    [Alias("describe")]
    ValueTask<ProviderDescription?> DescribeAsync();

    /// <summary>Creates or replaces the definition, stores it, and has it published to every gateway.</summary>
    /// <param name="definition">What is wanted. Its <see cref="ProviderDefinition.Version"/> is ignored: the grain counts.</param>
    /// <param name="expectedVersion">The version the caller has seen; 0: there must be none yet; <see langword="null"/>: whatever there is.</param>
    [Alias("set")]
    ValueTask<DefinitionChange> SetAsync(ProviderDefinition definition, long? expectedVersion);

    /// <summary>Takes the provider out of service and forgets its definition.</summary>
    /// <param name="expectedVersion">The version the caller has seen; <see langword="null"/>: whatever there is.</param>
    /// <param name="source">Who asks. Only the owner of a definition can remove it.</param>
    [Alias("remove")]
    ValueTask<DefinitionChange> RemoveAsync(long? expectedVersion, DefinitionSource source);

    /// <summary>Takes in what one gateway has seen. A batch that was sent twice is counted once.</summary>
    /// <param name="batch">Outcomes since the gateway's last batch.</param>
    [Alias("report")]
    ValueTask ReportAsync(OutcomeBatch batch);

    /// <summary>
    /// Asks to probe the provider: while its circuit is half-open with a request or a check, while it is idle with a check.
    /// One gateway of the cluster gets leave at a time. After a silo is lost another may get it too.
    /// </summary>
    /// <param name="kind">What for.</param>
    [Alias("probe")]
    ValueTask<ProbePermit> TryProbeAsync(ProbeKind kind);

    /// <summary>
    /// Gives a gateway a share of the provider's slots, or one by one where there are too few for shares. Volatile: after a
    /// silo is lost nobody gets more than an equal part, or what it says it holds, for one lease's life.
    /// </summary>
    /// <param name="request">Who asks, for how many, and what it holds until it hears the answer.</param>
    [Alias("renew-slots")]
    ValueTask<SlotGrant> RenewSlotsAsync(SlotRequest request);
}

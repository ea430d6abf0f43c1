using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>What a body says a provider is to be.</summary>
/// <param name="Definition">The definition; <see langword="null"/>: the body has faults.</param>
/// <param name="Problem">The faults; <see langword="null"/>: there are none.</param>
/// <param name="Warning">What was changed that the body does not say, for <c>x-proxy-warning</c>; <see langword="null"/>: nothing.</param>
internal readonly record struct ProviderReading(ProviderDefinition? Definition, Problem? Problem, string? Warning);

/// <summary>What becomes of a provider's keys when a body does not name them. <c>null</c> always drops them.</summary>
internal enum AbsentKey
{
    /// <summary>They are dropped: the body is whole.</summary>
    Dropped = 0,

    /// <summary>They stay: keys are never shown, so that who replaces a definition cannot repeat them.</summary>
    Kept = 1,
}

using System.Collections.Immutable;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Where one attempt goes.</summary>
/// <param name="Definition">The provider.</param>
/// <param name="Entry">The provider's entry that serves the model.</param>
/// <param name="UpstreamModel">The model's name as this provider knows it.</param>
/// <param name="BaseUri">The API's beginning, ending in a slash.</param>
/// <param name="Key">The provider's key, resolved in this process; <see langword="null"/>: none.</param>
internal sealed record UpstreamTarget(
    ProviderDefinition Definition,
    ModelDefinition Entry,
    string UpstreamModel,
    Uri BaseUri,
    Secret? Key)
{
    /// <summary>The provider's headers as they are sent; unless told otherwise, as they are defined.</summary>
    public ImmutableArray<HeaderDefinition> Headers { get; init; } = Definition.Headers;
}

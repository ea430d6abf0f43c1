using System.Collections.Immutable;
using ProxyCluster.Core.Responses;

namespace ProxyCluster.Grains.Responses;

/// <summary>One stored page of a shard.</summary>
[GenerateSerializer, Alias("pc.response-map-page")]
internal sealed class ResponseMapPage
{
    /// <summary>Counts the shard's pages.</summary>
    [Id(0)] public long Sequence { get; set; }

    /// <summary>The answers of the page, the oldest first.</summary>
    [Id(1)] public ImmutableArray<KeptResponse> Kept { get; set; } = [];
}

using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Which small requests are joined into one call of a provider (SPEC section 6).</summary>
public sealed class BatchingOptions
{
    /// <summary>Whether requests of several callers may go in one call. Default false: only those of one key are joined.</summary>
    public bool AcrossTenants { get; set; }

    /// <summary>Requests of all kinds that may wait for others; beyond, nobody waits. Default 1,000.</summary>
    [Range(0, 1_000_000)]
    public int MaxQueued { get; set; } = 1000;

    /// <summary>Requests of <c>/v1/embeddings</c>.</summary>
    public EmbeddingBatchOptions Embeddings { get; set; } = new();

    /// <summary>Questions for a provider's list of models.</summary>
    public ModelListBatchOptions ModelLists { get; set; } = new();
}

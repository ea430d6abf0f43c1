using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>How questions for one provider's list of models are joined. They wait only while the provider is being asked.</summary>
public sealed class ModelListBatchOptions
{
    /// <summary>Questions that one answer serves. Default 20.</summary>
    [Range(1, 1000)]
    public int MaxRequests { get; set; } = 20;

    /// <summary>The longest that a question waits for the one before, in milliseconds; 0: it does not wait. Default 200.</summary>
    [Range(0, 10_000)]
    public int MaxWaitMilliseconds { get; set; } = 200;
}

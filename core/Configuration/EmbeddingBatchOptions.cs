using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>How requests for embeddings are joined. They wait only while a call of their kind is on its way.</summary>
public sealed class EmbeddingBatchOptions
{
    /// <summary>Whether they are joined at all. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests in one call. Default 10.</summary>
    [Range(1, 1000)]
    public int MaxRequests { get; set; } = 10;

    /// <summary>The longest that a request waits for others, in milliseconds; 0: it does not wait. Default 100.</summary>
    [Range(0, 10_000)]
    public int MaxWaitMilliseconds { get; set; } = 100;

    /// <summary>The longest that a request waits for others, as a share of the mean time of the calls before. Default 0.25.</summary>
    [Range(0.01, 100.0)]
    public double MaxWaitShare { get; set; } = 0.25;

    /// <summary>Inputs in one call, cut to what the provider takes. A request with more goes by itself. Default 32.</summary>
    [Range(1, 100_000)]
    public int MaxInputs { get; set; } = 32;

    /// <summary>Tokens of all inputs of one call. A request with more goes by itself. Default 16,384.</summary>
    [Range(1, 100_000_000)]
    public int MaxTokens { get; set; } = 16_384;
}

using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Regions;

namespace ProxyCluster.Core.Routing;

/// <summary>What the choice of a provider depends on, besides the model.</summary>
/// <param name="Required">What the model must be able to do. <see cref="ModelCapabilities.Streaming"/> makes the scores of streams count.</param>
/// <param name="PromptTokens">Estimated; 0: not known.</param>
/// <param name="OutputTokens">The client's limit of the answer; 0: none.</param>
public readonly record struct PickRequest(ModelCapabilities Required, int PromptTokens, int OutputTokens)
{
    /// <summary>The length of an answer where the client sets no limit, in tokens: input and output prices differ too much to leave it out.</summary>
    public const int AssumedOutputTokens = 256;

    /// <summary>The provider that alone may serve, by name; <see langword="null"/>: any.</summary>
    public string? OnlyProvider { get; init; }

    /// <summary>Rules out what the caller may not use; <see langword="null"/>: it may use everything.</summary>
    public ICandidateFilter? Filter { get; init; }

    /// <summary>Where the client is, as far as it is known; <see langword="null"/>: not known.</summary>
    public GeoPoint? Client { get; init; }

    /// <summary>Stands for the tenant and the beginning of its conversation; <see langword="null"/>: not known, or not asked for.</summary>
    public ulong? Prefix { get; init; }

    /// <summary>Whether it is to be spared what may fail: it probes a half-open circuit only where no other request comes in time.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>Whether a stream is asked for.</summary>
    public bool IsStreamed => (Required & ModelCapabilities.Streaming) != 0;

    /// <summary>
    /// The answer's length by which costs are estimated (SPEC section 2), in tokens: the client's limit, else
    /// <see cref="AssumedOutputTokens"/>; 0 for what is not answered with text, such as embeddings.
    /// </summary>
    public int EstimatedOutputTokens =>
        OutputTokens > 0 ? OutputTokens
        : (Required & (ModelCapabilities.Chat | ModelCapabilities.Completions)) != 0 ? AssumedOutputTokens
        : 0;

    /// <summary>What the request costs by an entry's prices, in US dollars, estimated. Strategies, scores and explanations all go by it.</summary>
    /// <param name="price">The entry's.</param>
    public double CostAt(TokenPrice price) => price.Of(PromptTokens, EstimatedOutputTokens);

    /// <summary>Prompt and answer together, as far as they are known: what a context must hold.</summary>
    public long TotalTokens => (long)PromptTokens + OutputTokens;
}

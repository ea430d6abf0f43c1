using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>What the choice of a provider depends on, besides the model.</summary>
/// <param name="Required">What the model must be able to do. <see cref="ModelCapabilities.Streaming"/> makes the scores of streams count.</param>
/// <param name="PromptTokens">Estimated; 0: not known.</param>
/// <param name="OutputTokens">Estimated, or the client's limit; 0: not known.</param>
public readonly record struct PickRequest(ModelCapabilities Required, int PromptTokens, int OutputTokens)
{
    /// <summary>Whether a stream is asked for.</summary>
    public bool IsStreamed => (Required & ModelCapabilities.Streaming) != 0;

    /// <summary>Prompt and answer together.</summary>
    public long TotalTokens => (long)PromptTokens + OutputTokens;
}

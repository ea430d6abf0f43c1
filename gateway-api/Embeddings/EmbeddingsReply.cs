using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>What a joined call brought one of its callers.</summary>
/// <param name="Call">The call, over: who was asked, how often and how long. Its memory is not to be read.</param>
/// <param name="Result">How it ended for this caller. The answer, if there is one, stands in the caller's own memory.</param>
internal sealed record EmbeddingsReply(Exchange Call, AttemptResult Result)
{
    /// <summary>The caller's share of what was billed; <see langword="null"/>: not told.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>How many callers shared the call.</summary>
    public int SharedBy { get; init; } = 1;

    /// <summary>The call before, that brought nothing, so that this one was made; <see langword="null"/>: there was none.</summary>
    public Exchange? Earlier { get; init; }
}

namespace ProxyCluster.Extensions;

/// <summary>
/// Speaks to one provider. Derive from it for a provider that no type of the gateway's own speaks to. Called by many
/// requests at once.
/// </summary>
/// <remarks>
/// The gateway does the rest: dialects of clients, time-outs, fallback, limits, accounting. It expects nothing of an
/// adapter's manners: an exception of any kind is a failed attempt, and a call that does not return is left alone when
/// its time is over.
/// </remarks>
public abstract class ChatAdapter
{
    /// <summary>Answers a chat: the same way whether it is wanted whole or as a stream.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">The client has left, or the time is over.</param>
    /// <returns>
    /// The pieces of the answer, in order, each as soon as it is there. <see cref="AnswerPiece.Finish"/> must be among
    /// them: an answer that ends without it was cut.
    /// </returns>
    /// <exception cref="ProviderException">The provider refused or failed. Before the first piece, another one is asked.</exception>
    public abstract IAsyncEnumerable<AnswerPiece> AnswerAsync(ChatRequest request, CancellationToken cancellationToken);

    /// <summary>The names of the models that the provider has; none: not known.</summary>
    public virtual Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Returns when the provider is well, and throws when it is not. Without an override: when it can list its models.</summary>
    public virtual Task CheckHealthAsync(CancellationToken cancellationToken) => ListModelsAsync(cancellationToken);
}

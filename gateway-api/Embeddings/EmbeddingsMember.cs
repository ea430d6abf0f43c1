using System.Diagnostics;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>
/// A caller's part of a joined call. Its memory is the caller's own, and gone when the caller leaves: whoever reads or
/// writes it asks here first.
/// </summary>
internal sealed class EmbeddingsMember(Exchange exchange, EmbeddingsInput input, long tokens, CancellationToken callerLeft)
{
    private readonly Lock _lock = new();
    private bool _hasLeft;

    public EmbeddingsInput Input => input;

    /// <summary>What its inputs weigh in the call.</summary>
    public long Tokens => tokens;

    /// <summary>Cancelled when the caller waits no more.</summary>
    public CancellationToken CallerLeft => callerLeft;

    /// <summary>Who asks: of the same tenant as the others of the call, unless tenants share calls.</summary>
    public Caller? Caller { get; } = exchange.Caller;

    /// <summary>For logs.</summary>
    public string RequestId => exchange.RequestId;

    /// <summary>The request's own span; <see langword="default"/>: it has none.</summary>
    public ActivityContext Trace { get; } = Activity.Current?.Context ?? default;

    /// <summary>The caller's memory is about to be used again: from now on nobody touches it.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _hasLeft = true;
        }
    }

    /// <summary>Does something with the caller's memory.</summary>
    /// <returns><see langword="false"/>: the caller has left, nothing was done.</returns>
    public bool WhileHere<TState>(TState state, Action<Exchange, TState> use)
    {
        lock (_lock)
        {
            if (_hasLeft)
            {
                return false;
            }

            use(exchange, state);
            return true;
        }
    }
}

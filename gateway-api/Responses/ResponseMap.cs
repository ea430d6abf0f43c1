using System.Collections.Concurrent;
using ProxyCluster.Core.Responses;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Responses;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>
/// Lets a follow-up (<c>previous_response_id</c>) find the provider that keeps the answer before it. An answer belongs to
/// the caller that asked for it: for everybody else it is not there.
/// </summary>
internal sealed partial class ResponseMap(IGrainFactory grains, TimeProvider clock, ILogger<ResponseMap> logger)
{
    /// <summary>How long a request waits for the cluster.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(250);

    /// <summary>Answers that this gateway remembers itself, so that follow-ups go on while the cluster does not answer; twice as many at most.</summary>
    public const int MostRecent = 10_000;

    private ConcurrentDictionary<ResponseKey, string> _recent = new();
    private ConcurrentDictionary<ResponseKey, string> _earlier = new();

    /// <summary>Finds where a follow-up has to go, and lets the answer be remembered. Does nothing for other routes.</summary>
    /// <returns>Why the request cannot be served; <see langword="null"/>: it can.</returns>
    public ValueTask<Refusal?> PrepareAsync(Exchange exchange)
    {
        var request = exchange.Request!;
        return request.Operation == InferenceOperation.Responses ? PrepareAsync(exchange, request) : default;
    }

    // Apart, since what it remembers the request by is made as a method begins.
    private ValueTask<Refusal?> PrepareAsync(Exchange exchange, InferenceRequest request)
    {
        var subject = exchange.Caller!.Subject;
        request.AnswerKept = id => exchange.Keeping = KeepAsync(ResponseKey.Of(subject, id), exchange.Candidate!.Provider.Name);
        return request.PreviousResponseId is { } previous ? FollowAsync(exchange, ResponseKey.Of(subject, previous)) : default;
    }

    private async ValueTask<Refusal?> FollowAsync(Exchange exchange, ResponseKey key)
    {
        if (!_recent.TryGetValue(key, out var provider) && !_earlier.TryGetValue(key, out provider))
        {
            try
            {
                provider = await Shard(key).FindAsync(key).AsTask().WaitAsync(Deadline, clock);
            }
            catch (Exception exception) when (ClusterSilence.Caused(exception))
            {
                // Whose answer it is cannot be told: to guess could show it to another.
                return Refusals.ResponseMapSilent();
            }
        }

        exchange.KeptBy = provider;
        return provider is null ? Refusals.PreviousResponseNotFound() : null;
    }

    // Never throws: the answer itself is good, whatever becomes of its follow-ups.
    private async Task KeepAsync(ResponseKey key, string provider)
    {
        Remember(key, provider);
        try
        {
            await Shard(key).KeepAsync(key, provider).AsTask().WaitAsync(Deadline, clock);
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            LogNotKept(logger, exception, provider);
        }
    }

    private IResponseMapGrain Shard(ResponseKey key) => grains.GetGrain<IResponseMapGrain>(key.Shard);

    private void Remember(ResponseKey key, string provider)
    {
        _recent[key] = provider;
        if (_recent.Count > MostRecent)
        {
            (_earlier, _recent) = (_recent, new());
        }
    }

    [LoggerMessage(2350, LogLevel.Warning, "The cluster did not confirm that an answer is kept by {Provider}: its follow-ups may find it through this gateway only")]
    private static partial void LogNotKept(ILogger logger, Exception failure, string provider);
}

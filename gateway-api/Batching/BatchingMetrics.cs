using System.Diagnostics.Metrics;

namespace ProxyCluster.GatewayApi.Batching;

/// <summary>How far requests were joined into calls. The tag <c>kind</c> is <c>embeddings</c> or <c>model_lists</c>.</summary>
internal sealed class BatchingMetrics
{
    private readonly Meter _meter;
    private readonly Histogram<int> _requests;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _joined;
    private readonly Counter<long> _apart;

    /// <summary>Makes the instruments.</summary>
    public BatchingMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create("ProxyCluster.Batching");
        _requests = meter.CreateHistogram<int>("proxycluster.batching.requests", "{request}", "Requests that one call served, those that went alone included");
        _wait = meter.CreateHistogram<double>("proxycluster.batching.wait_seconds", "s", "How long the first request of a call waited for others");
        _joined = meter.CreateCounter<long>("proxycluster.batching.joined", "{request}", "Requests that shared a call with others");
        _apart = meter.CreateCounter<long>("proxycluster.batching.resent", "{request}", "Requests sent again, one by one, because their joined call was refused or its answer could not be divided");
    }

    /// <summary>Tells how many requests wait for others.</summary>
    /// <param name="kind">What they ask for; each kind once.</param>
    /// <param name="queued">Counts them.</param>
    public void Watch(BatchKind kind, Func<int> queued) => _meter.CreateObservableGauge(
        "proxycluster.batching.queued", () => new Measurement<int>(queued(), Tag(kind)), "{request}", "Requests that wait for others to share a call with");

    /// <summary>A call is sent.</summary>
    /// <param name="kind">What it asks for.</param>
    /// <param name="requests">How many requests it serves.</param>
    /// <param name="waited">How long the first of them waited.</param>
    public void Sent(BatchKind kind, int requests, TimeSpan waited)
    {
        var tag = Tag(kind);
        _requests.Record(requests, tag);
        if (waited > TimeSpan.Zero)
        {
            _wait.Record(waited.TotalSeconds, tag);
        }

        if (requests > 1)
        {
            _joined.Add(requests, tag);
        }
    }

    /// <summary>Requests of one call are sent again, one by one.</summary>
    public void SentApart(int requests) => _apart.Add(requests, Tag(BatchKind.Embeddings));

    private static KeyValuePair<string, object?> Tag(BatchKind kind) => new("kind", kind == BatchKind.Embeddings ? "embeddings" : "model_lists");
}

/// <summary>What joined calls ask for.</summary>
internal enum BatchKind
{
    /// <summary>Embeddings of several callers.</summary>
    Embeddings = 0,

    /// <summary>A provider's list of models, for whoever asks.</summary>
    ModelLists = 1,
}

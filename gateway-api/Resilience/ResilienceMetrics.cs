using System.Diagnostics;
using System.Diagnostics.Metrics;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>What this gateway did around attempts: retries, waits, hedges, refusals. Tags are bounded: providers of the definitions, priorities, results.</summary>
internal sealed class ResilienceMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _queued;
    private readonly Counter<long> _hedges;
    private readonly Counter<long> _shed;

    public ResilienceMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ProxyCluster.Resilience");
        _retries = _meter.CreateCounter<long>("proxycluster.resilience.retries", "{attempt}", "Attempts after a failed one: elsewhere, again at the same provider, or refused by its budget.");
        _queued = _meter.CreateCounter<long>("proxycluster.resilience.queued", "{request}", "Requests that waited for a slot of a provider, by whether they got one.");
        _hedges = _meter.CreateCounter<long>("proxycluster.resilience.hedges", "{attempt}", "Second providers asked because the first was slow, by who answered first.");
        _shed = _meter.CreateCounter<long>("proxycluster.resilience.shed", "{request}", "Requests refused because the gateway was full, by priority.");
    }

    public void Retried(string provider, RetryKind kind) =>
        _retries.Add(1, new KeyValuePair<string, object?>("provider", provider), new KeyValuePair<string, object?>("kind", NameOf(kind)));

    public void Queued(string provider, bool served) =>
        _queued.Add(1, new KeyValuePair<string, object?>("provider", provider), new KeyValuePair<string, object?>("result", served ? "served" : "refused"));

    public void Hedged(string provider, HedgeResult result) =>
        _hedges.Add(1, new KeyValuePair<string, object?>("provider", provider), new KeyValuePair<string, object?>("result", NameOf(result)));

    /// <summary>A request was refused.</summary>
    /// <param name="priority">Its priority; <see langword="null"/>: nobody knew it yet.</param>
    public void Shed(RequestPriority? priority) =>
        _shed.Add(1, new KeyValuePair<string, object?>("priority", priority is { } known ? PriorityNames.Of(known) : "unknown"));

    /// <summary>Shows how many requests this gateway takes at most, as it stands.</summary>
    public void ShowLimit(Func<int> limit) => _meter.CreateObservableGauge(
        "proxycluster.resilience.in_flight_limit", limit, "{request}", "Requests that may be in flight in this process.");

    public void Dispose() => _meter.Dispose();

    internal static string NameOf(RetryKind kind) => kind switch
    {
        RetryKind.Elsewhere => "elsewhere",
        RetryKind.Again => "again",
        RetryKind.Refused => "refused",
        _ => throw new UnreachableException($"The kind {kind} has no name."),
    };

    internal static string NameOf(HedgeResult result) => result switch
    {
        HedgeResult.Won => "won",
        HedgeResult.Lost => "lost",
        HedgeResult.Failed => "failed",
        _ => throw new UnreachableException($"The result {result} has no name."),
    };
}

/// <summary>What became of the wish to try again.</summary>
internal enum RetryKind
{
    /// <summary>Another provider was asked.</summary>
    Elsewhere = 0,

    /// <summary>The same provider was asked again, after a wait.</summary>
    Again = 1,

    /// <summary>The provider fails, and as many retries as it may have are in flight there.</summary>
    Refused = 2,
}

/// <summary>What a second provider brought.</summary>
internal enum HedgeResult
{
    /// <summary>It answered first.</summary>
    Won = 0,

    /// <summary>The first provider answered first after all.</summary>
    Lost = 1,

    /// <summary>Neither answered.</summary>
    Failed = 2,
}

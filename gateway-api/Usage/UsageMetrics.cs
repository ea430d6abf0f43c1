using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Secrets;
using ProxyCluster.Core.Usage;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>What became of the usage that this gateway gathered.</summary>
internal sealed class UsageMetrics
{
    // What a client may call its requests is its own to say; what a scrape holds is not.
    private const int MostTags = 100;
    private const string OtherTags = "(other)";

    private readonly ConcurrentDictionary<string, string> _tags = new(StringComparer.Ordinal);
    private readonly Counter<long> _requests;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _dollars;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _batches;

    /// <summary>Makes the instruments.</summary>
    public UsageMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ProxyCluster.Usage");
        _requests = meter.CreateCounter<long>("proxycluster.usage.requests", "{request}", "Requests with a tag, by it");
        _tokens = meter.CreateCounter<long>("proxycluster.usage.tokens", "{token}", "Tokens of requests with a tag, by it");
        _dollars = meter.CreateCounter<double>("proxycluster.usage.cost", "{USD}", "US dollars of requests with a tag, by it");
        _dropped = meter.CreateCounter<long>("proxycluster.usage.dropped", "{request}", "Requests missing from the usage ledger, because too much waited to be stored");
        _batches = meter.CreateCounter<long>("proxycluster.usage.batches", "{batch}", "Batches of usage sent to ledgers, by what came of them");
    }

    /// <summary>Counts what a request with a tag used, under that tag while there are not too many of them.</summary>
    /// <param name="tag">As the client sent it. One that looks like a secret, or is one, is not told.</param>
    /// <param name="totals">What it used.</param>
    public void Used(string tag, in UsageTotals totals)
    {
        if (!_tags.TryGetValue(tag, out var label))
        {
            label = _tags.Count < MostTags ? _tags.GetOrAdd(tag, static text => KnownSecrets.OfProcess.Redact(text)) : OtherTags;
        }

        var under = new KeyValuePair<string, object?>("tag", label);
        _requests.Add(totals.Requests, under);
        _tokens.Add(totals.Tokens.Prompt + totals.Tokens.Completion, under);
        _dollars.Add((double)Money.ToDollars(totals.NanoDollars), under);
    }

    public void Dropped(long requests) => _dropped.Add(requests);

    public void Stored() => _batches.Add(1, new KeyValuePair<string, object?>("outcome", "stored"));

    public void Unanswered() => _batches.Add(1, new KeyValuePair<string, object?>("outcome", "unanswered"));
}

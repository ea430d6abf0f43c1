using System.Runtime.InteropServices;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Usage;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>Sums what this gateway's requests used, until it is sent to the ledgers.</summary>
internal sealed class UsageJournal(TimeProvider clock, UsageMetrics metrics)
{
    // What has one key is one row, however many requests: only clients with very many tags come near it.
    private const int MostRows = 50_000;

    private readonly Lock _gate = new();
    private Dictionary<(DateOnly Day, UsageKey Key), UsageTotals> _rows = [];

    /// <summary>Adds an answered request, to the day on which it began.</summary>
    public void Record(Exchange exchange, in TokenUsage usage, long nanoDollars)
    {
        var caller = exchange.Caller!;
        var candidate = exchange.Candidate!;
        var began = clock.GetUtcNow() - clock.GetElapsedTime(exchange.Started);
        var key = new UsageKey(
            caller.Subject, caller.User ?? "", caller.Team ?? "", candidate.UpstreamModel, candidate.Provider.Name, exchange.Tag ?? "");
        Record(DateOnly.FromDateTime(began.UtcDateTime), key, new UsageTotals(1, usage, nanoDollars));
    }

    /// <summary>Adds to a row.</summary>
    public void Record(DateOnly day, in UsageKey key, in UsageTotals totals)
    {
        lock (_gate)
        {
            if (_rows.Count < MostRows || _rows.ContainsKey((day, key)))
            {
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, (day, key), out _);
                sum += totals;
                return;
            }
        }

        metrics.Dropped(totals.Requests);
    }

    /// <summary>Takes all rows out.</summary>
    public IReadOnlyDictionary<(DateOnly Day, UsageKey Key), UsageTotals> TakeAll()
    {
        lock (_gate)
        {
            var rows = _rows;
            _rows = rows.Count == 0 ? rows : [];
            return rows;
        }
    }
}

using System.Collections.Immutable;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Core.Providers;

/// <summary>
/// What the whole cluster has seen of one provider: histories by model, status, totals, and what is in flight.
/// Bounded in models and gateways. Not thread-safe.
/// </summary>
public sealed class ProviderHistory
{
    /// <summary>Gateways remembered at most; the one silent for longest makes room.</summary>
    public const int MaxGateways = 1024;

    /// <summary>Reports of one batch that count.</summary>
    public const int MaxReports = 4096;

    /// <summary>How long a silent gateway's requests count as in flight.</summary>
    public static readonly TimeSpan InFlightMemory = TimeSpan.FromSeconds(10);

    /// <summary>How long a silent gateway's last sequence is remembered.</summary>
    public static readonly TimeSpan GatewayMemory = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, ModelHistory> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, GatewayBook> _gateways = [];
    private readonly StatusWindow _status = new();
    private readonly long[] _totals = new long[AttemptOutcomes.Count];

    /// <summary>How many attempts ended in a way.</summary>
    /// <param name="outcome">The way.</param>
    public long Total(AttemptOutcome outcome) => _totals[(int)outcome];

    /// <summary>Forgets the histories of entries that are no longer defined.</summary>
    /// <param name="definition">The definition now in force.</param>
    public void Retain(ProviderDefinition definition)
    {
        var defined = definition.Models.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _models.Keys.Where(id => !defined.Contains(id)).ToList())
        {
            _models.Remove(gone);
        }
    }

    /// <summary>Notes a batch of a gateway.</summary>
    /// <param name="gateway">The gateway process.</param>
    /// <param name="sequence">Counts its batches.</param>
    /// <param name="inFlight">What it has in flight.</param>
    /// <param name="now">The time.</param>
    /// <returns><see langword="false"/>: the batch was counted before.</returns>
    public bool Begin(Guid gateway, long sequence, int inFlight, DateTimeOffset now)
    {
        if (_gateways.TryGetValue(gateway, out var book) && sequence <= book.Sequence)
        {
            _gateways[gateway] = book with { LastSeen = now };
            return false;
        }

        if (!_gateways.ContainsKey(gateway) && _gateways.Count >= MaxGateways)
        {
            _gateways.Remove(_gateways.MinBy(g => g.Value.LastSeen).Key);
        }

        _gateways[gateway] = new GatewayBook(sequence, Math.Max(0, inFlight), now);
        return true;
    }

    /// <summary>Takes in how an attempt ended.</summary>
    /// <param name="report">How.</param>
    /// <param name="definition">The definition in force: other models than its entries have no history.</param>
    /// <param name="now">The time.</param>
    public void Add(in AttemptReport report, ProviderDefinition definition, DateTimeOffset now)
    {
        if ((uint)report.Outcome >= AttemptOutcomes.Count)
        {
            return;
        }

        var endedAt = now - TimeSpan.FromMilliseconds(Math.Max(0, report.AgeMilliseconds));
        _totals[(int)report.Outcome]++;
        _status.Add(report.Outcome, endedAt);
        if (!report.Outcome.CountsInHistory())
        {
            return;
        }

        if (!_models.TryGetValue(report.Model, out var history))
        {
            var id = report.Model;
            if (!definition.Models.Any(m => m.Id == id))
            {
                return;
            }

            _models[report.Model] = history = new ModelHistory();
        }

        history.Add(report, endedAt);
    }

    /// <summary>The provider's status.</summary>
    /// <param name="definition">The definition in force.</param>
    /// <param name="now">The time.</param>
    public ProviderStatus Status(ProviderDefinition definition, DateTimeOffset now) =>
        definition.Enabled ? _status.Derive(now) : ProviderStatus.Disabled;

    /// <summary>Requests in flight over all gateways that were heard lately.</summary>
    /// <param name="now">The time.</param>
    public int InFlight(DateTimeOffset now)
    {
        long sum = 0;
        foreach (var (gateway, book) in _gateways)
        {
            if (now - book.LastSeen > GatewayMemory)
            {
                _gateways.Remove(gateway);
                continue;
            }

            sum += now - book.LastSeen <= InFlightMemory ? book.InFlight : 0;
        }

        return (int)Math.Min(sum, int.MaxValue);
    }

    /// <summary>One score for each entry of the definition, since status and load concern all of them.</summary>
    /// <param name="definition">The definition in force.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<ProviderScore> Scores(ProviderDefinition definition, DateTimeOffset now)
    {
        var status = Status(definition, now);
        var inFlight = InFlight(now);
        var scores = ImmutableArray.CreateBuilder<ProviderScore>(definition.Models.Length);
        foreach (var model in definition.Models)
        {
            var history = _models.TryGetValue(model.Id, out var known) ? known.Score(now) : HistoryScores.NoData;
            scores.Add(new ProviderScore(definition.Name, model.Id, history.Performance, history.Reliability, inFlight, status)
            {
                StreamedPerformance = history.StreamedPerformance,
                StreamedReliability = history.StreamedReliability,
                LatencySeconds = history.LatencySeconds,
                FirstTokenSeconds = history.FirstTokenSeconds,
                Evidence = history.Evidence,
            });
        }

        return scores.MoveToImmutable();
    }

    private readonly record struct GatewayBook(long Sequence, int InFlight, DateTimeOffset LastSeen);
}

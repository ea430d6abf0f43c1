using System.Collections.Concurrent;
using ProxyCluster.Core.Budgets;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>How long the answers of each model to one caller were.</summary>
internal sealed class OutputHistories
{
    private const int MostModels = 64;

    private readonly ConcurrentDictionary<string, OutputHistory> _models = new(1, 1, StringComparer.Ordinal);

    /// <summary>Of one model; <see langword="null"/>: there are too many. Lock it for use.</summary>
    public OutputHistory? Of(string model) =>
        _models.TryGetValue(model, out var known) ? known
        : _models.Count < MostModels ? _models.GetOrAdd(model, static _ => new OutputHistory())
        : null;
}

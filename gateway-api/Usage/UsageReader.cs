using ProxyCluster.Core.Usage;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GrainInterfaces.Usage;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>Reads sums over the ledgers of several days.</summary>
internal sealed class UsageReader(IGrainFactory grains, TimeProvider clock)
{
    /// <summary>Days of one question at most.</summary>
    public const int MostDays = 92;

    private const int ReadsAtOnce = 32;

    // Somewhere it is tomorrow already, and clocks of gateways may differ.
    private const int DaysAhead = 1;

    public DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>
    /// Sums all days from one to another, both included; the first values in ordinal order. Nobody is asked for a day of which there
    /// can be no ledger.
    /// </summary>
    /// <exception cref="TimeoutException">The cluster does not answer.</exception>
    public async Task<IReadOnlyList<UsageGroup>> ReadAsync(UsageQuery query, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var sums = new UsageSums(query);
        var shards = query.Subject is { } subject ? [UsageLedgers.ShardOf(subject)] : Enumerable.Range(0, UsageLedgers.Shards).ToArray();
        var first = Math.Max(from.DayNumber, UsageLedgers.FirstDay.DayNumber);
        var last = Math.Min(to.DayNumber, Today.DayNumber + DaysAhead);
        var ledgers = Enumerable.Range(first, Math.Max(0, last - first + 1))
            .SelectMany(day => shards.Select(shard => UsageLedgers.KeyOf(DateOnly.FromDayNumber(day), shard)));
        await Parallel.ForEachAsync(
            ledgers,
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (ledger, cancel) =>
            {
                var groups = await grains.GetGrain<IUsageLedgerGrain>(ledger).ReadAsync(query).Within(clock, cancel);
                lock (sums)
                {
                    foreach (var group in groups)
                    {
                        sums.Add(group);
                    }
                }
            });
        return [.. sums.First()];
    }
}

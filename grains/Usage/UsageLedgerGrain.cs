using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using ProxyCluster.Core.Usage;
using ProxyCluster.GrainInterfaces.Usage;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Grains.Usage;

/// <summary>Puts a mailbox and a store around <see cref="Ledger"/>.</summary>
/// <remarks>A write that fails leaves its outcome unknown: the ledger is read again before the next call.</remarks>
[GrainType("pc.usage-ledger")]
internal sealed partial class UsageLedgerGrain(
    IGrainContext context,
    [FromKeyedServices("Default")] IGrainStorage storage,
    ILogger<UsageLedgerGrain> logger) : IGrainBase, IUsageLedgerGrain
{
    private readonly PagedStore<UsageLedgerPage> _store = new(storage, context.GrainId, "usage");
    private Ledger? _ledger;

    IGrainContext IGrainBase.GrainContext => context;

    /// <inheritdoc/>
    public async ValueTask ReportAsync(UsageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var ledger = await LoadAsync();
        try
        {
            foreach (var (number, page) in ledger.Plan(batch))
            {
                await _store.WriteAsync(number, new UsageLedgerPage { Page = page });
                ledger.Apply(number, page);
            }
        }
        catch (Exception failure)
        {
            _ledger = null;
            LogNotStored(logger, failure, context.GrainId);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<UsageGroup>> ReadAsync(UsageQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var ledger = await LoadAsync();
        var sums = new UsageSums(query);
        foreach (var row in ledger.Rows)
        {
            sums.Add(row);
        }

        return [.. sums.First()];
    }

    private async ValueTask<Ledger> LoadAsync()
    {
        if (_ledger is { } known)
        {
            return known;
        }

        var ledger = new Ledger();
        var pages = await _store.ReadAsync();
        for (var i = 0; i < pages.Count; i++)
        {
            ledger.Apply(i, pages[i].Page);
        }

        return _ledger = ledger;
    }

    [LoggerMessage(EventId = 2702, Level = LogLevel.Warning, Message = "Usage could not be stored by {Grain}: its gateway sends it again")]
    private static partial void LogNotStored(ILogger logger, Exception failure, GrainId grain);
}

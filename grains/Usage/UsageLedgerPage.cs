using ProxyCluster.Core.Usage;

namespace ProxyCluster.Grains.Usage;

/// <summary>What is stored of one page of a ledger.</summary>
[GenerateSerializer, Alias("pc.usage-ledger-page")]
internal sealed class UsageLedgerPage
{
    // A copy: stores that fill in what they find here would fill in the one empty page of all.
    /// <summary>The page.</summary>
    [Id(0)] public LedgerPage Page { get; set; } = LedgerPage.Empty with { };
}

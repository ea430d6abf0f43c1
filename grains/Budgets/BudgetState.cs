namespace ProxyCluster.Grains.Budgets;

/// <summary>What is stored of one subject's budget.</summary>
[GenerateSerializer, Alias("pc.budget-state")]
internal sealed class BudgetState
{
    /// <summary>The book in its own, versioned layout; empty: nothing was ever asked.</summary>
    [Id(0)]
    public byte[] Book { get; set; } = [];
}

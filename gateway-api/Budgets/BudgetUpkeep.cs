using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Tells budgets what was used and gives back what is held of them.</summary>
internal sealed class BudgetUpkeep(BudgetKeeper keeper, TimeProvider time, ILogger<BudgetUpkeep> logger) : ReportUpkeep<SubjectBudget>(time)
{
    /// <inheritdoc/>
    protected override List<SubjectBudget> Tidy() => keeper.Tidy();

    /// <inheritdoc/>
    protected override List<SubjectBudget> RetireAll() => keeper.RetireAll();

    /// <inheritdoc/>
    protected override Task CallAsync(SubjectBudget subject) => subject.CallAsync();

    /// <inheritdoc/>
    protected override void NotReturned(int count) => BudgetLog.NotReturned(logger, count);

    /// <inheritdoc/>
    protected override void Failed(Exception failure) => BudgetLog.UpkeepFailed(logger, failure);
}

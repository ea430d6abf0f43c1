using ProxyCluster.Core.Budgets;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>A request that waits for room in a budget. Owned by the budget's lock, but for the waiting itself.</summary>
internal sealed class BudgetWaiter(BudgetLimits limits, Amount wanted)
{
    private readonly TaskCompletionSource<BudgetDecision> _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BudgetLimits Limits => limits;

    public Amount Wanted => wanted;

    /// <summary>Its client has left, or waits no longer.</summary>
    public bool HasLeft { get; set; }

    public bool IsDecided => _decided.Task.IsCompleted;

    public Task<BudgetDecision> Decided => _decided.Task;

    public void Decide(in BudgetDecision decision) => _decided.TrySetResult(decision);
}

using ProxyCluster.Core.Budgets;

namespace ProxyCluster.GrainInterfaces.Budgets;

/// <summary>Owns the tokens and the money that one subject may use, and lends them to gateways.</summary>
/// <remarks>
/// Key: the subject, for example <c>key:4fGh2kLmN0pQ</c>, <c>team:research</c> or <c>model:gpt-4o</c>. What gateways hold and
/// what was used is stored before a call that changes it is answered, so a lost silo forgets nothing.
/// </remarks>
[GrainInterfaceType("pc.budget"), Alias("pc.budget")]
public interface IBudgetGrain : IGrainWithStringKey
{
    /// <summary>Counts what a gateway tells and grants what it asks for, as far as there is room. Repeated, it is answered again and counted once.</summary>
    /// <param name="call">What the gateway tells and asks.</param>
    /// <returns>What is granted, which may be nothing, and how the budget stands.</returns>
    /// <exception cref="OrleansException">The store does not answer: nothing was granted, or it will be granted again to the same call.</exception>
    [Alias("apply")]
    ValueTask<BudgetAnswer> ApplyAsync(BudgetCall call);

    /// <summary>How the budget stands. Changes nothing.</summary>
    /// <param name="limits">The limits that it is held against.</param>
    [Alias("look")]
    ValueTask<BudgetStanding> LookAsync(BudgetLimits limits);
}

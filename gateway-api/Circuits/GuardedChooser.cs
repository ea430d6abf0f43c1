using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>
/// Chooses as <see cref="ProviderChooser"/> does, takes the probe or the trial that goes with the choice, and asks nobody against an
/// open circuit after a provider that is well has failed: such a provider is the last resort of a model, not of a request.
/// </summary>
internal sealed class GuardedChooser(ProviderChooser chooser, ProviderGuard guard)
{
    /// <inheritdoc cref="ProviderChooser.Plan"/>
    public ProviderPlan Plan(Exchange exchange, RoutingSnapshot snapshot, string? forced) => chooser.Plan(exchange, snapshot, forced);

    /// <summary>Chooses for the next attempt.</summary>
    /// <param name="exchange">The request; takes the probe or the trial.</param>
    /// <param name="plan">Of the request.</param>
    /// <returns>The candidate's number, or -1 when nobody is left.</returns>
    public int Choose(Exchange exchange, in ProviderPlan plan)
    {
        GiveBack(exchange);
        var index = chooser.Pick(plan, exchange.Tried, out var explores);
        if (index >= 0 && !TryEnter(exchange, plan, index))
        {
            // Another request has taken the probe or the trial. If the choice falls on the same provider again, there is no other.
            index = chooser.Pick(plan, exchange.Tried, out explores);
            _ = index >= 0 && TryEnter(exchange, plan, index);
        }

        exchange.Explores = explores;
        if (index < 0)
        {
            return index;
        }

        var isWell = exchange.Claim.IsHeld || IsWell(plan, index);
        if (exchange.Tried.IsEmpty)
        {
            exchange.BeganWell = isWell;
        }

        return isWell || !exchange.BeganWell ? index : -1;
    }

    /// <summary>Chooses a second provider to ask at the same time: one that nothing speaks against.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="plan">Of the request.</param>
    /// <param name="first">Who is asked already.</param>
    /// <returns>The candidate's number, or -1 when there is none.</returns>
    public int ChooseBeside(Exchange exchange, in ProviderPlan plan, int first)
    {
        var index = chooser.Pick(plan, [.. exchange.Tried, first], out _);
        return index >= 0 && IsWell(plan, index) ? index : -1;
    }

    /// <summary>Whether a provider that has failed for the request may be asked again: not against a circuit that is not closed.</summary>
    /// <param name="plan">Of the request.</param>
    /// <param name="index">The candidate's number.</param>
    public bool MayAskAgain(in ProviderPlan plan, int index) => IsWell(plan, index);

    /// <inheritdoc cref="ProviderChooser.LoadOf"/>
    public double LoadOf(in ProviderPlan plan, int index) => chooser.LoadOf(plan, index);

    /// <summary>Gives back a probe or a trial that was not sent.</summary>
    /// <param name="exchange">The request.</param>
    public void GiveBack(Exchange exchange)
    {
        if (exchange.Claim is { IsHeld: true } claim)
        {
            guard.GiveBack(claim);
            exchange.Claim = default;
        }
    }

    private bool IsWell(in ProviderPlan plan, int index) =>
        plan.Candidates.CircuitOf(index) == CircuitState.Closed && !guard.IsShunned(plan.Candidates[index].Provider.Name);

    private bool TryEnter(Exchange exchange, in ProviderPlan plan, int index)
    {
        var provider = plan.Candidates[index].Provider.Name;
        var hasEntered = guard.TryEnter(provider, plan.Candidates.CircuitOf(index), out var claim);
        exchange.Claim = claim;
        return hasEntered;
    }
}

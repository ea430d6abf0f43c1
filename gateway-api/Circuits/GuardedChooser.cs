using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>
/// Chooses as <see cref="ProviderChooser"/> does, takes the probe that goes with the choice, and asks nobody against an
/// open circuit after a provider that is well has failed: such a provider is the last resort of a model, not of a request.
/// </summary>
internal sealed class GuardedChooser(ProviderChooser chooser, ProviderGuard guard)
{
    /// <inheritdoc cref="ProviderChooser.Plan"/>
    public ProviderPlan Plan(Exchange exchange, RoutingSnapshot snapshot, string? forced) => chooser.Plan(exchange, snapshot, forced);

    /// <summary>Chooses for the next attempt.</summary>
    /// <param name="exchange">The request; takes the probe.</param>
    /// <param name="plan">Of the request.</param>
    /// <returns>The candidate's number, or -1 when nobody is left.</returns>
    public int Choose(Exchange exchange, in ProviderPlan plan)
    {
        GiveBack(exchange);
        var index = chooser.Pick(plan, exchange.Tried);
        if (index >= 0 && !TryEnter(exchange, plan, index))
        {
            // Another request has taken the probe. If the choice falls on the same provider again, there is no other.
            index = chooser.Pick(plan, exchange.Tried);
            _ = index >= 0 && TryEnter(exchange, plan, index);
        }

        if (index < 0)
        {
            return index;
        }

        var isWell = exchange.Claim.Permit != 0
            || (plan.Candidates.CircuitOf(index) == CircuitState.Closed && !guard.IsShunned(plan.Candidates[index].Provider.Name));
        if (exchange.Tried.IsEmpty)
        {
            exchange.BeganWell = isWell;
        }

        return isWell || !exchange.BeganWell ? index : -1;
    }

    /// <summary>Gives back the permit of a probe that was not sent.</summary>
    /// <param name="exchange">The request.</param>
    public void GiveBack(Exchange exchange)
    {
        if (exchange.Claim is { Permit: not 0 } claim)
        {
            guard.GiveBack(claim.Provider, claim.Permit);
            exchange.Claim = default;
        }
    }

    private bool TryEnter(Exchange exchange, in ProviderPlan plan, int index)
    {
        var provider = plan.Candidates[index].Provider.Name;
        var hasEntered = guard.TryEnter(provider, plan.Candidates.CircuitOf(index), out var permit);
        exchange.Claim = new ProbeClaim(provider, permit);
        return hasEntered;
    }
}

using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Among whom a request's provider is chosen, and how: made once for a request and each model that takes over.</summary>
/// <param name="Candidates">Who serves the model.</param>
/// <param name="Request">What is asked.</param>
/// <param name="Strategy">Chooses among those that may be asked.</param>
/// <param name="Refusal">Why nobody can serve, whatever is tried; <see langword="null"/>: somebody may.</param>
internal readonly record struct ProviderPlan(CandidateSet Candidates, PickRequest Request, IRoutingStrategy Strategy, Refusal? Refusal);

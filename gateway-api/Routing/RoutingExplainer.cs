using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Answers <c>POST /v1/routing/explain</c>: how a request's provider would be chosen now. Nothing is sent, counted or remembered.</summary>
internal sealed class RoutingExplainer(ProviderChooser chooser)
{
    /// <summary>Explains a request by the way in which it would be served.</summary>
    /// <param name="exchange">The request, read and admitted.</param>
    /// <param name="snapshot">What is known of providers.</param>
    /// <param name="forced">The provider that alone may serve; <see langword="null"/>: any.</param>
    public AttemptResult Explain(Exchange exchange, RoutingSnapshot snapshot, string? forced)
    {
        var plan = chooser.Plan(exchange, snapshot, forced);
        if (plan.Refusal is { } refusal && plan.Candidates.State == CandidateState.UnknownModel)
        {
            return new AttemptResult(AttemptOutcome.Rejected, refusal, false, default);
        }

        var output = exchange.Scratch.Output;
        output.Clear();
        ExplanationWriter.Write(output, exchange, snapshot, plan, chooser.Explain(plan));
        return new AttemptResult(AttemptOutcome.Succeeded, null, false, default) { Answer = output.WrittenMemory };
    }
}

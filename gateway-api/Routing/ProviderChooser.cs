using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Chooses the provider of each attempt: brings together the snapshot, this process's own counts, the time and the dice.</summary>
/// <remarks>Where nobody gives <see cref="IProviderAdvice"/>, no half-open circuit is probed.</remarks>
internal sealed class ProviderChooser(
    IOptionsMonitor<ProxyClusterOptions> options,
    IOutcomeSink inFlight,
    StrategyCatalogue strategies,
    RandomSource random,
    TimeProvider clock,
    IProviderAdvice? advice = null)
{
    /// <summary>Finds who serves a request, and how one of them is to be chosen.</summary>
    /// <param name="exchange">The request; <see cref="Exchange.Target"/> is the model.</param>
    /// <param name="snapshot">What is known of providers.</param>
    /// <param name="forced">The provider that alone may serve; <see langword="null"/>: any.</param>
    public ProviderPlan Plan(Exchange exchange, RoutingSnapshot snapshot, string? forced)
    {
        var request = exchange.Request!;
        var candidates = snapshot.Index.Resolve(exchange.Target);
        var strategy = exchange.WishedStrategy
            ?? strategies.Get(candidates.Alias?.StrategyInForce ?? options.CurrentValue.Routing.Strategy);
        exchange.Strategy = strategy.Name;
        var asked = new PickRequest(request.Required, request.EstimatedPromptTokens, request.MaxOutputTokens)
        {
            OnlyProvider = forced,
            Filter = ModelAccess.FilterOf(exchange.Caller),
            IsUrgent = exchange.Priority > RequestPriority.Normal,
            Client = ReferenceEquals(strategy, GeographicStrategy.Instance) ? snapshot.Index.Regions.Find(exchange.Region) : null,
            Prefix = ReferenceEquals(strategy, PrefixAffinityStrategy.Instance) ? ConversationPrefix.Of(request, exchange.Caller!.Subject) : null,
        };
        return new ProviderPlan(candidates, asked, strategy, Check(exchange, candidates, forced));
    }

    /// <summary>Chooses for the next attempt.</summary>
    /// <param name="plan">Of the request.</param>
    /// <param name="tried">Numbers of candidates that are not to be asked again.</param>
    /// <param name="explores">Whether the candidate was chosen so that its score stays fresh, and not by the strategy.</param>
    /// <returns>The candidate's number, or -1 when nobody is left.</returns>
    public int Pick(in ProviderPlan plan, ReadOnlySpan<int> tried, out bool explores) =>
        ProviderPicker.Pick(plan.Candidates, plan.Request, plan.Strategy, Now(tried), out explores);

    /// <summary>What is in flight at a candidate's provider, as a share of its capacity: 0 to 1.</summary>
    /// <param name="plan">Of the request.</param>
    /// <param name="index">The candidate's number.</param>
    public double LoadOf(in ProviderPlan plan, int index) =>
        1 - (ProviderPicker.Score(plan.Candidates, index, plan.Request, inFlight).Load / 100);

    /// <summary>Tells what <see cref="Pick"/> would choose, and why. Changes nothing.</summary>
    /// <param name="plan">Of the request.</param>
    public PickExplanation Explain(in ProviderPlan plan)
    {
        var now = Now([]);
        var explanation = ProviderPicker.Explain(plan.Candidates, plan.Request, plan.Strategy, now);

        // An operator's own code is not asked a hundred times for what it was asked once.
        return plan.Strategy is OwnStrategy
            ? explanation
            : explanation with { Chances = ProviderPicker.Chances(plan.Candidates, plan.Request, plan.Strategy, now) };
    }

    private PickMoment Now(ReadOnlySpan<int> tried) => new(inFlight, random.NextUnit(), clock.GetUtcNow()) { Tried = tried, Advice = advice };

    private static Refusal? Check(Exchange exchange, in CandidateSet candidates, string? forced)
    {
        var model = exchange.Target;
        var required = exchange.Request!.Required;
        if (ModelAccess.Refuse(exchange.Caller, candidates, model, forced) is { } forbidden)
        {
            return forbidden;
        }

        if (candidates.State != CandidateState.Found)
        {
            return candidates.State == CandidateState.UnknownModel ? Refusals.ModelNotFound(model) : Refusals.NoHealthyProvider(model);
        }

        if (!candidates.Supports(required))
        {
            return Refusals.CapabilityNotSupported(model, Missing(candidates, required));
        }

        return forced is null || candidates.Has(forced) ? null
            : forced == exchange.KeptBy ? Refusals.InvalidValue("previous_response_id", "The provider that keeps the previous response does not serve the model.")
            : Refusals.InvalidValue("x-proxy-provider", "The provider that was asked for does not serve the model.");
    }

    private static string Missing(in CandidateSet candidates, ModelCapabilities required)
    {
        foreach (var one in Enum.GetValues<ModelCapabilities>())
        {
            if (one != ModelCapabilities.None && (required & one) != 0 && !candidates.Supports(one))
            {
                return one.ToString().ToLowerInvariant();
            }
        }

        // Each has a provider, but no provider has them all.
        return required.ToString().ToLowerInvariant() + " together";
    }
}

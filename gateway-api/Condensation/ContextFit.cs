using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>How a request goes to a provider, so that it fits.</summary>
/// <param name="Request">What the provider is asked; <see langword="null"/>: refused.</param>
/// <param name="Refusal">Why it does not go; <see langword="null"/>: it goes.</param>
/// <param name="Figures">What was condensed; <see langword="null"/>: nothing.</param>
internal sealed record ContextFit(InferenceRequest? Request, Refusal? Refusal, CondensedFigures? Figures)
{
    /// <summary>Whether another provider could take the request.</summary>
    public bool TryAnother { get; init; } = true;

    /// <summary>It goes as it came.</summary>
    public static ContextFit AsItIs(InferenceRequest request) => new(request, null, null);

    /// <summary>It does not go.</summary>
    public static ContextFit Refused(Refusal refusal) => new(null, refusal, null);
}

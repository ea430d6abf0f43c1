using System.Runtime.CompilerServices;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// Where a provider's API is: models are asked at one host, and listed at another of the same region
/// (<c>bedrock-runtime.us-east-1.amazonaws.com</c>, <c>bedrock.us-east-1.amazonaws.com</c>). Where the base URL is none
/// of Amazon's public hosts (a private endpoint, a proxy), both are there.
/// </summary>
internal sealed class BedrockEndpoint
{
    private const string RuntimeHost = "bedrock-runtime";
    private const string FallbackRegion = "us-east-1";

    private static readonly string[] PublicSuffixes = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];
    private static readonly ConditionalWeakTable<Uri, BedrockEndpoint> Known = [];

    private readonly Uri _runtime;
    private readonly string? _region;

    private BedrockEndpoint(Uri runtime)
    {
        _runtime = runtime;
        var labels = runtime.Host.Split('.');
        var place = Array.FindIndex(labels, static label => label.StartsWith(RuntimeHost, StringComparison.OrdinalIgnoreCase));
        _region = place >= 0 && place + 1 < labels.Length ? labels[place + 1] : null;
        Control = place == 0 && PublicSuffixes.Any(suffix => runtime.Host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            ? new UriBuilder(runtime) { Host = "bedrock" + runtime.Host[RuntimeHost.Length..] }.Uri
            : runtime;
    }

    /// <summary>Where models are listed, ending in a slash.</summary>
    public Uri Control { get; }

    /// <summary>That of a base URL; made once.</summary>
    public static BedrockEndpoint Of(Uri baseUri) => Known.GetValue(baseUri, static uri => new BedrockEndpoint(uri));

    /// <summary>The region that requests are signed for: the host's, or else the provider's own.</summary>
    public string RegionOr(string? configured) => _region ?? configured ?? FallbackRegion;

    /// <summary>Where a model is asked.</summary>
    /// <param name="model">A model's id, or the ARN of an inference profile, which has slashes and colons.</param>
    /// <param name="action"><c>converse</c>, <c>converse-stream</c> or <c>invoke</c>.</param>
    public Uri ForModel(string model, string action) => new(_runtime, $"model/{Uri.EscapeDataString(model)}/{action}");

    /// <summary>Amazon's list of models.</summary>
    public Uri ForModels() => new(Control, "foundation-models");
}

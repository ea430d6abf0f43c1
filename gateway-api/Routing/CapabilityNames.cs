using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Capabilities as configuration and answers name them.</summary>
internal static class CapabilityNames
{
    private static readonly ModelCapabilities[] Each = [.. Enum.GetValues<ModelCapabilities>().Where(static one => one != ModelCapabilities.None)];

    /// <summary>Every name.</summary>
    public static IEnumerable<string> All => Each.Select(NameOf);

    /// <summary>The names of those that are set.</summary>
    public static IEnumerable<string> Of(ModelCapabilities capabilities) => Each.Where(one => (capabilities & one) != 0).Select(NameOf);

    private static string NameOf(ModelCapabilities one) => one.ToString().ToLowerInvariant();
}

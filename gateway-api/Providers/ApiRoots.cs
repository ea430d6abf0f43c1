namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Addresses of providers whose versions belong to the paths of their routes.</summary>
internal static class ApiRoots
{
    /// <summary>The address without its last segment, where that is one that the routes bring along: <c>https://host/v1/</c> is <c>https://host/</c>.</summary>
    /// <param name="baseUri">As configured, ending in a slash.</param>
    /// <param name="segments">What operators write out of habit.</param>
    public static Uri Without(Uri baseUri, params ReadOnlySpan<string> segments)
    {
        foreach (var segment in segments)
        {
            if (baseUri.AbsolutePath.EndsWith($"/{segment}/", StringComparison.OrdinalIgnoreCase))
            {
                return new Uri(baseUri, "../");
            }
        }

        return baseUri;
    }
}

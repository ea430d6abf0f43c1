using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.Custom;

/// <summary>The page's provider <c>forge</c>, which has a form of its own.</summary>
public sealed class ForgeGateway : GatewayOverOne
{
    private protected override JsonObject Config()
    {
        Upstream.TakesAnything = true;
        return CustomPage.Config("forge", Upstream);
    }
}

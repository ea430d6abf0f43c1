using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>Which dialect a route is answered in.</summary>
internal static class ClientDialects
{
    public static ClientDialect Of(InferenceOperation operation) => operation switch
    {
        _ => ChatDialect.Instance,
    };
}

using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Completions;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Responses;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>Which dialect a route is answered in.</summary>
internal static class ClientDialects
{
    public static ClientDialect Of(InferenceOperation operation) => operation switch
    {
        InferenceOperation.Messages or InferenceOperation.CountTokens => MessagesDialect.Instance,
        InferenceOperation.Responses => ResponsesDialect.Instance,
        InferenceOperation.Completions or InferenceOperation.CompletionsByChat => CompletionsDialect.Instance,
        _ => ChatDialect.Instance,
    };
}

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>What a client asks for, whatever the dialect.</summary>
internal enum InferenceOperation
{
    /// <summary><c>POST /v1/chat/completions</c>.</summary>
    ChatCompletions = 0,

    /// <summary><c>POST /v1/completions</c>.</summary>
    Completions = 1,

    /// <summary><c>POST /v1/embeddings</c>.</summary>
    Embeddings = 2,
}

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

    /// <summary><c>POST /v1/responses</c>.</summary>
    Responses = 3,

    /// <summary><c>POST /v1/messages</c>.</summary>
    Messages = 4,
}

/// <summary>What operations have in common.</summary>
internal static class InferenceOperations
{
    /// <summary>Whether it is a chat, in whichever dialect: what can be translated to every provider that chats.</summary>
    public static bool IsChat(this InferenceOperation operation) =>
        operation is InferenceOperation.ChatCompletions or InferenceOperation.Responses or InferenceOperation.Messages;
}

using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Security;

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

    /// <summary><c>POST /v1/images/generations</c>.</summary>
    ImageGenerations = 5,

    /// <summary><c>POST /v1/audio/speech</c>.</summary>
    Speech = 6,

    /// <summary><c>POST /v1/audio/transcriptions</c>, a form.</summary>
    Transcriptions = 7,

    /// <summary><c>POST /v1/audio/translations</c>, a form.</summary>
    Translations = 8,

    /// <summary><c>POST /v1/moderations</c>.</summary>
    Moderations = 9,

    /// <summary><c>POST /v1/rerank</c>.</summary>
    Rerank = 10,

    /// <summary><c>POST /v1/messages/count_tokens</c>.</summary>
    CountTokens = 11,

    /// <summary><c>POST /v1/routing/explain</c>: a request of any of the above, which is not sent.</summary>
    Explain = 12,

    /// <summary>A request of <see cref="Completions"/> in the form of a chat, for models that only chat. No route.</summary>
    CompletionsByChat = 13,

    /// <summary><c>POST /v1/context/condense</c>: nothing is sent, but for summaries.</summary>
    Condense = 14,
}

/// <summary>What operations have in common.</summary>
internal static class InferenceOperations
{
    /// <summary>Whether it is a chat, in whichever dialect: what can be translated to every provider that chats.</summary>
    public static bool IsChat(this InferenceOperation operation) =>
        operation is InferenceOperation.ChatCompletions or InferenceOperation.Responses or InferenceOperation.Messages
            or InferenceOperation.CompletionsByChat;

    /// <summary>Whether request and answer are passed on unread, but for the model's name.</summary>
    public static bool IsPassThrough(this InferenceOperation operation) =>
        operation is >= InferenceOperation.ImageGenerations and <= InferenceOperation.Rerank;

    /// <summary>Whether the request is a form with files.</summary>
    public static bool IsForm(this InferenceOperation operation) =>
        operation is InferenceOperation.Transcriptions or InferenceOperation.Translations;

    /// <summary>What a caller must be allowed to do: to ask models, or, where nothing is sent, to see them.</summary>
    public static Permission Permission(this InferenceOperation operation) =>
        operation == InferenceOperation.Explain ? Core.Security.Permission.ModelsRead : Core.Security.Permission.Inference;

    /// <summary>What a model must be able to do to be asked at all.</summary>
    public static ModelCapabilities Capability(this InferenceOperation operation) => operation switch
    {
        InferenceOperation.Completions => ModelCapabilities.Completions,
        InferenceOperation.Embeddings => ModelCapabilities.Embeddings,
        InferenceOperation.ImageGenerations => ModelCapabilities.Images,
        InferenceOperation.Speech or InferenceOperation.Transcriptions or InferenceOperation.Translations => ModelCapabilities.Audio,
        InferenceOperation.Moderations => ModelCapabilities.Moderations,
        InferenceOperation.Rerank => ModelCapabilities.Rerank,
        _ => ModelCapabilities.Chat,
    };
}

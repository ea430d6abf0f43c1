namespace ProxyCluster.Core.Providers;

/// <summary>What a model can be asked for. A request that needs more than a model has is never sent to it.</summary>
[Flags]
public enum ModelCapabilities
{
    /// <summary>Nothing is known: the model is not served.</summary>
    None = 0,

    /// <summary>Chat completions.</summary>
    Chat = 1,

    /// <summary>Text completions (the legacy route).</summary>
    Completions = 2,

    /// <summary>Embeddings.</summary>
    Embeddings = 4,

    /// <summary>Tool calls.</summary>
    Tools = 8,

    /// <summary>Images in the prompt.</summary>
    Vision = 16,

    /// <summary>JSON mode and JSON schema answers.</summary>
    Json = 32,

    /// <summary>Streamed answers.</summary>
    Streaming = 64,

    /// <summary>OpenAI's Responses, spoken by the provider itself: such requests go through unread, its own tools and kept answers included.</summary>
    Responses = 128,

    /// <summary>Images made from a prompt.</summary>
    Images = 256,

    /// <summary>Speech made from text, and text from speech.</summary>
    Audio = 512,

    /// <summary>Moderations.</summary>
    Moderations = 1024,

    /// <summary>Documents ranked by what they have to do with a query.</summary>
    Rerank = 2048,
}

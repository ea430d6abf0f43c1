namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>How a client speaks.</summary>
public enum Inbound
{
    /// <summary>OpenAI's Chat Completions.</summary>
    Chat = 0,

    /// <summary>OpenAI's Responses.</summary>
    Responses = 1,

    /// <summary>Anthropic's Messages.</summary>
    Messages = 2,
}

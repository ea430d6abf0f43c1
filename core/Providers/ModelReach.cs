namespace ProxyCluster.Core.Providers;

/// <summary>What the gateway makes up for where a model cannot do it itself.</summary>
public static class ModelReach
{
    /// <summary>
    /// What can be asked of a model: what it can do, a text completion where it chats, and a stream where its answers come
    /// whole.
    /// </summary>
    /// <param name="own">What the model can do itself.</param>
    public static ModelCapabilities WithMakeshift(this ModelCapabilities own)
    {
        var reach = (own & ModelCapabilities.Chat) == 0 ? own : own | ModelCapabilities.Completions;
        return (reach & ModelCapabilities.Completions) == 0 ? reach : reach | ModelCapabilities.Streaming;
    }
}

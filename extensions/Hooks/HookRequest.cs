namespace ProxyCluster.Extensions.Hooks;

/// <summary>A request as a hook sees it.</summary>
public sealed class HookRequest
{
    internal HookRequest(HookContext context, IReadOnlyList<HookText> texts)
    {
        Context = context;
        Texts = texts;
    }

    /// <summary>Whose request it is, and for what.</summary>
    public HookContext Context { get; }

    /// <summary>Every text that goes to a provider, in the order of the request: messages, instructions, arguments and results of tools, their definitions.</summary>
    public IReadOnlyList<HookText> Texts { get; }
}

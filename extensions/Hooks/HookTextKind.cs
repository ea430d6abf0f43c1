namespace ProxyCluster.Extensions.Hooks;

/// <summary>What a text is.</summary>
public enum HookTextKind
{
    /// <summary>What somebody says: a message, instructions, a prompt, the result of a tool.</summary>
    Text = 0,

    /// <summary>What a model thought.</summary>
    Reasoning = 1,

    /// <summary>Why a model would not answer.</summary>
    Refusal = 2,

    /// <summary>A value, or a name, within the arguments of a tool's call: decoded, one by one.</summary>
    ToolArguments = 3,

    /// <summary>Of a request: within the definition of a tool or of the answer's form.</summary>
    Definition = 4,

    /// <summary>Anything else that is neither an id nor a word of the protocol: names, titles, URLs, metadata, members that the gateway does not know.</summary>
    Other = 5,
}

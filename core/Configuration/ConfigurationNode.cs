namespace ProxyCluster.Core.Configuration;

/// <summary>What a place in the configuration holds.</summary>
public enum ConfigurationNodeKind
{
    /// <summary>Text from where there are no types: environment and command line.</summary>
    Text = 0,

    /// <summary>A JSON string.</summary>
    String = 1,

    /// <summary>A JSON number.</summary>
    Number = 2,

    /// <summary>A JSON truth value.</summary>
    Boolean = 3,

    /// <summary>JSON <c>null</c>.</summary>
    Null = 4,

    /// <summary>A JSON object, or keys from elsewhere.</summary>
    Object = 5,

    /// <summary>A JSON array.</summary>
    Array = 6,
}

/// <summary>One place in the configuration after all sources are merged.</summary>
public sealed class ConfigurationNode
{
    /// <summary>The key as it was written.</summary>
    public required string Key { get; init; }

    /// <summary>For messages, for example <c>Providers[0]:BaseUrl</c>.</summary>
    public required string Path { get; init; }

    /// <summary>What it holds.</summary>
    public required ConfigurationNodeKind Kind { get; init; }

    /// <summary>The text; <see langword="null"/> for objects, arrays and <c>null</c>.</summary>
    public string? Value { get; init; }

    /// <summary>Where it was set, for messages.</summary>
    public string? Origin { get; init; }

    /// <summary>What it holds, in the order of the file; of an array, in the order of its indices.</summary>
    public IReadOnlyList<ConfigurationNode> Children { get; init; } = [];

    /// <summary>Whether other nodes hang on this one.</summary>
    public bool IsContainer => Kind is ConfigurationNodeKind.Object or ConfigurationNodeKind.Array;
}

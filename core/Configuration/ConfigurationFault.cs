namespace ProxyCluster.Core.Configuration;

/// <summary>One fault of a configuration file. All faults of a file are reported together.</summary>
/// <param name="Path">Where it is, for example <c>Providers[0]:BaseUrl</c>.</param>
/// <param name="Value">What stands there, never a secret; <see langword="null"/>: nothing, or nothing that may be shown.</param>
/// <param name="Cure">One sentence: what is wrong, and what to write instead.</param>
public sealed record ConfigurationFault(string Path, string? Value, string Cure)
{
    /// <summary>Where the value comes from, for example <c>line 12</c> or <c>environment</c>; <see langword="null"/>: from nowhere, it is missing.</summary>
    public string? Origin { get; init; }

    /// <summary>One line for a log or a terminal.</summary>
    public override string ToString()
    {
        var path = Path.Length == 0 ? "file" : Path;
        var place = Origin is null ? path : $"{path} ({Origin})";
        return Value is null ? $"{place}: {Cure}" : $"{place} = '{Value}': {Cure}";
    }
}

namespace ProxyCluster.Core.Configuration;

/// <summary>A model name of the operator's own.</summary>
public sealed class AliasOptions
{
    /// <summary>How one of the models is chosen: the name of a strategy; <c>null</c>: as <c>Routing:Strategy</c> says.</summary>
    public string? Strategy { get; set; }

    /// <summary>Model names, with or without a provider prefix.</summary>
    public IList<string> Models { get; } = [];

    /// <summary>Which models take over when these have failed.</summary>
    public AliasFallbackOptions Fallbacks { get; set; } = new();
}

using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>How one model's conversations are condensed.</summary>
public sealed class CondensationModelOptions
{
    /// <summary>As <c>Condensation:Automatic</c>; <c>null</c>: as there.</summary>
    public bool? Automatic { get; set; }

    /// <summary>As <c>Condensation:Strategy</c>; <c>null</c>: as there.</summary>
    public string? Strategy { get; set; }

    /// <summary>As <c>Condensation:Rolling</c>; <c>null</c>: as there.</summary>
    public bool? Rolling { get; set; }

    /// <summary>Tokens of a conversation above which it is condensed, where that is less than the model's context takes; 0: the context alone decides. Default 0.</summary>
    [Range(0, 100_000_000)]
    public int MaxTokens { get; set; }
}

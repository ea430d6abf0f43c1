using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>A model name of the operator's own.</summary>
public sealed class AliasOptions
{
    /// <summary><c>intelligent</c> (the scores choose) or <c>priority</c> (in order). Default <c>intelligent</c>.</summary>
    [AllowedValues("intelligent", "priority")]
    public string Strategy { get; set; } = "intelligent";

    /// <summary>Model names, with or without a provider prefix.</summary>
    public IList<string> Models { get; } = [];
}

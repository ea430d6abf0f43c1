using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Checks of providers that have no traffic which could show how they are.</summary>
public sealed class HealthOptions
{
    /// <summary>Whether idle and half-open providers are checked at all. Default true.</summary>
    public bool ActiveChecks { get; set; } = true;

    /// <summary>Seconds without a call after which a provider is checked, and between two checks. Default 60.</summary>
    [Range(1, 86_400)]
    public int IdleSeconds { get; set; } = 60;

    /// <summary>Seconds that a check may take. Default 5.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 5;

    /// <summary>Whether a provider without a list of models may be asked for an answer of one token, which costs money. Default false.</summary>
    public bool PaidChecks { get; set; }
}

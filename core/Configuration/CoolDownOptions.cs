using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>How long a provider's model rests whose limit is reached.</summary>
public sealed class CoolDownOptions
{
    /// <summary>Seconds, where the provider does not say; each further time in a row twice as long. Default 10.</summary>
    [Range(1, 3600)]
    public int FirstSeconds { get; set; } = 10;

    /// <summary>Seconds at most, where the provider does not say. Default 300.</summary>
    [Range(1, 86_400)]
    public int LongestSeconds { get; set; } = 300;

    /// <summary>Seconds at most, whatever the provider says. Default 3,600.</summary>
    [Range(1, 86_400)]
    public int LongestAdvisedSeconds { get; set; } = 3600;

    /// <summary>Below which share of a provider's own limit a model gets less traffic; 0: never. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double LowQuotaShare { get; set; } = 0.1;
}

using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>The numbers of <see cref="CoolDowns"/> and <see cref="QuotaBook"/>.</summary>
public sealed record CoolDownSettings
{
    /// <summary>The first rest, where the provider does not say.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest rest, where the provider does not say.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The longest rest, whatever the provider says.</summary>
    public TimeSpan LongestAdvised { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>The share of its limit below which a model gets less traffic.</summary>
    public double LowQuotaShare { get; init; } = 0.1;

    /// <summary>As configured.</summary>
    /// <param name="options">Checked.</param>
    public static CoolDownSettings From(CoolDownOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new()
        {
            First = TimeSpan.FromSeconds(options.FirstSeconds),
            Longest = TimeSpan.FromSeconds(options.LongestSeconds),
            LongestAdvised = TimeSpan.FromSeconds(options.LongestAdvisedSeconds),
            LowQuotaShare = options.LowQuotaShare,
        };
    }
}

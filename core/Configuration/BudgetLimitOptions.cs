using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Limits on tokens and money.</summary>
public abstract class BudgetLimitOptions
{
    /// <summary>Tokens, in and out, in any 60 s; 0: no limit. Default 0.</summary>
    [Range(typeof(long), "0", "1000000000000")]
    public long TokensPerMinute { get; set; }

    /// <summary>Tokens, in and out, in any 3,600 s; 0: no limit. Default 0.</summary>
    [Range(typeof(long), "0", "1000000000000")]
    public long TokensPerHour { get; set; }

    /// <summary>US dollars in a calendar day (UTC); 0: no limit. Default 0.</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal DollarsPerDay { get; set; }

    /// <summary>US dollars in a calendar month (UTC); 0: no limit. Default 0.</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal DollarsPerMonth { get; set; }
}

using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>How long actions and security events are kept, and how they are sealed.</summary>
public sealed class AuditOptions
{
    /// <summary>A secret reference to at least 32 bytes, the same in every silo, that records are sealed with; <c>null</c>: the pepper.</summary>
    [SecretValue]
    public string? Key { get; set; }

    /// <summary>Secret references to the keys that were in force earlier: older records are verified with them.</summary>
    [SecretValue]
    public IList<string> EarlierKeys { get; } = [];

    /// <summary>How long actions are kept, in days. Default 400.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 400;

    /// <summary>How long security events are kept, in days. Default 30.</summary>
    [Range(1, 3650)]
    public int EventRetentionDays { get; set; } = 30;

    /// <summary>Records of each log that are kept at most, whatever their age. Default 500,000, which take some 250 MB.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxRecords { get; set; } = 500_000;

    /// <summary>Where it is told, outside of the store, how far the logs are.</summary>
    public AnchorOptions Anchors { get; set; } = new();
}

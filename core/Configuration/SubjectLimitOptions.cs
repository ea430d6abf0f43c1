namespace ProxyCluster.Core.Configuration;

/// <summary>Limits of each user or each team, where it has none of its own.</summary>
public sealed class SubjectLimitOptions : LevelLimitOptions;

namespace ProxyCluster.Core.Providers;

/// <summary>Who owns a definition (DESIGN, "who owns a definition").</summary>
public enum DefinitionSource
{
    /// <summary>The configuration file. Read-only in the API.</summary>
    File = 0,

    /// <summary>The admin API.</summary>
    Api = 1,

    /// <summary>Found in the environment because nothing is configured. Read-only in the API.</summary>
    Environment = 2,
}

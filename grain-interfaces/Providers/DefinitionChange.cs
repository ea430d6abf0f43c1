namespace ProxyCluster.GrainInterfaces.Providers;

/// <summary>Whether a definition was changed.</summary>
public enum DefinitionChangeResult
{
    /// <summary>Stored and published.</summary>
    Stored = 0,

    /// <summary>The caller has seen another version.</summary>
    VersionMismatch = 1,

    /// <summary>The configuration file owns it.</summary>
    ManagedByFile = 2,

    /// <summary>There is none.</summary>
    NotFound = 3,

    /// <summary>The store does not answer; nothing was changed.</summary>
    StoreUnavailable = 4,

    /// <summary>The admin API owns it: a configuration file cannot take it over.</summary>
    ManagedByApi = 5,
}

/// <summary>The answer to a change of a definition.</summary>
/// <param name="Result">What happened.</param>
/// <param name="Version">The version now in force; 0 when there is none.</param>
[GenerateSerializer, Immutable, Alias("pc.definition-change")]
public readonly record struct DefinitionChange(
    [property: Id(0)] DefinitionChangeResult Result,
    [property: Id(1)] long Version);

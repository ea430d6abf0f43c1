using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GrainInterfaces.Routing;

/// <summary>The definitions in one process's configuration file.</summary>
/// <param name="Process">For operators: host and process id.</param>
/// <param name="Generation"><c>ConfigGeneration</c>: the highest wins.</param>
/// <param name="ContentHash">XxHash64 of the definitions: two files of one generation that differ are drift.</param>
/// <param name="Providers">With source <see cref="DefinitionSource.File"/> or <see cref="DefinitionSource.Environment"/>.</param>
/// <param name="Aliases">Every alias of the file.</param>
[GenerateSerializer, Immutable, Alias("pc.file-definitions")]
public sealed record FileDefinitions(
    [property: Id(0)] string Process,
    [property: Id(1)] long Generation,
    [property: Id(2)] ulong ContentHash,
    [property: Id(3)] ImmutableArray<ProviderDefinition> Providers,
    [property: Id(4)] ImmutableArray<AliasDefinition> Aliases)
{
    /// <summary>
    /// The process is the whole cluster: an embedded one, which holds its data directory alone. Nobody can disagree
    /// with its file, so that a file edited between two starts counts without a new generation.
    /// </summary>
    [Id(5)] public bool IsWholeCluster { get; init; }
}

/// <summary>Whether a file's definitions are in force.</summary>
public enum FilePublicationResult
{
    /// <summary>They are in force.</summary>
    InForce = 0,

    /// <summary>Another process has a higher generation: its definitions stay.</summary>
    Superseded = 1,

    /// <summary>Another process has other definitions of the same generation: the first ones stay.</summary>
    Drifted = 2,

    /// <summary>A provider of the file has the name of one made by the API; nothing was taken.</summary>
    NameClash = 3,

    /// <summary>The store does not answer; nothing was changed.</summary>
    StoreUnavailable = 4,
}

/// <summary>The answer to <see cref="IRoutingTableGrain.PublishFileAsync"/>.</summary>
/// <param name="Result">What happened.</param>
/// <param name="GenerationInForce">The generation now in force.</param>
/// <param name="Clashes">The names that clash.</param>
[GenerateSerializer, Immutable, Alias("pc.file-publication")]
public sealed record FilePublication(
    [property: Id(0)] FilePublicationResult Result,
    [property: Id(1)] long GenerationInForce,
    [property: Id(2)] ImmutableArray<string> Clashes);

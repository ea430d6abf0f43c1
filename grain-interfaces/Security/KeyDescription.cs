using ProxyCluster.Core.Security;

namespace ProxyCluster.GrainInterfaces.Security;

/// <summary>A key as operators see it.</summary>
/// <param name="Record">The key.</param>
/// <param name="Version">Another one after each change; at least 1.</param>
/// <param name="LastUsedAt">When its secret was last used, as far as gateways have told; <see langword="null"/>: never.</param>
/// <param name="PreviousLastUsedAt">When the secret before the last rotation was last used.</param>
[GenerateSerializer, Immutable, Alias("pc.key-description")]
public sealed record KeyDescription(
    [property: Id(0)] KeyRecord Record,
    [property: Id(1)] long Version,
    [property: Id(2)] DateTimeOffset? LastUsedAt,
    [property: Id(3)] DateTimeOffset? PreviousLastUsedAt);

/// <summary>A user or team as operators see it.</summary>
/// <param name="Record">The user or team.</param>
/// <param name="Version">Another one after each change; at least 1.</param>
[GenerateSerializer, Immutable, Alias("pc.subject-description")]
public sealed record SubjectDescription([property: Id(0)] SubjectRecord Record, [property: Id(1)] long Version);

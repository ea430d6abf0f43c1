using Orleans;

namespace ProxyCluster.Core.Security;

/// <summary>When the secrets of a key were last used.</summary>
/// <param name="PublicId">The key.</param>
/// <param name="UsedAt">The secret in force; <see langword="null"/>: never.</param>
/// <param name="PreviousUsedAt">The one before the last rotation; <see langword="null"/>: never, or there is none.</param>
[GenerateSerializer, Immutable, Alias("pc.key-last-use")]
public readonly record struct KeyLastUse(
    [property: Id(0)] string PublicId,
    [property: Id(1)] DateTimeOffset? UsedAt,
    [property: Id(2)] DateTimeOffset? PreviousUsedAt);

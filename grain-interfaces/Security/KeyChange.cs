using System.Collections.Immutable;

namespace ProxyCluster.GrainInterfaces.Security;

/// <summary>How a change of a key, user or team ended.</summary>
public enum KeyChangeResult
{
    /// <summary>It is stored.</summary>
    Stored = 0,

    /// <summary>There is no such key, user or team.</summary>
    NotFound = 1,

    /// <summary>It has changed since it was read.</summary>
    VersionMismatch = 2,

    /// <summary>The key is revoked or has ended.</summary>
    Ended = 3,
}

/// <summary>The answer to a change.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Version">The version in force; 0: there is none.</param>
[GenerateSerializer, Immutable, Alias("pc.key-change")]
public readonly record struct KeyChange([property: Id(0)] KeyChangeResult Result, [property: Id(1)] long Version);

/// <summary>Another secret of a key.</summary>
/// <param name="PublicId">The key.</param>
/// <param name="Hash">The new secret's hash, 32 bytes.</param>
/// <param name="PepperVersion">What it was made with.</param>
/// <param name="Grace">How long the old secret goes on; zero: not at all.</param>
/// <param name="ExpectedVersion">The version that was read; 0: whatever is in force.</param>
[GenerateSerializer, Immutable, Alias("pc.key-rotation")]
public sealed record KeyRotation(
    [property: Id(0)] string PublicId,
    [property: Id(1)] ImmutableArray<byte> Hash,
    [property: Id(2)] uint PepperVersion,
    [property: Id(3)] TimeSpan Grace,
    [property: Id(4)] long ExpectedVersion);

/// <summary>A secret's hash under two peppers.</summary>
/// <param name="PublicId">The key.</param>
/// <param name="Known">The hash that is stored, 32 bytes.</param>
/// <param name="Hash">The hash that is to be, 32 bytes.</param>
/// <param name="PepperVersion">What that was made with.</param>
[GenerateSerializer, Immutable, Alias("pc.key-rehash")]
public sealed record KeyRehash(
    [property: Id(0)] string PublicId,
    [property: Id(1)] ImmutableArray<byte> Known,
    [property: Id(2)] ImmutableArray<byte> Hash,
    [property: Id(3)] uint PepperVersion);

/// <summary>That a secret was used.</summary>
/// <param name="PublicId">The key.</param>
/// <param name="IsPrevious">Whether it was the secret before the last rotation.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("pc.key-use")]
public readonly record struct KeyUse(
    [property: Id(0)] string PublicId,
    [property: Id(1)] bool IsPrevious,
    [property: Id(2)] DateTimeOffset At);

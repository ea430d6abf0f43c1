using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ProxyCluster.Extensions;

/// <summary>One provider as it is defined, and what the gateway has for its adapter.</summary>
public sealed class ProviderContext
{
    /// <summary>The provider's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where its API begins, ending in a slash; <see langword="null"/>: the definition does not say.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>
    /// The key, resolved; <see langword="null"/>: none. Of a provider with several keys each has an adapter of its own,
    /// and so has a key that was renewed, or a secret in the definition's <c>Headers</c>.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>
    /// Reaches the provider by the gateway's own connections: its outbound proxy, its certificate authorities and its
    /// limit for connecting count. Begins at <see cref="BaseUrl"/>, sends the definition's <c>Headers</c>, never the key,
    /// and has no time-out of its own: the gateway's end every call. Not to be disposed of.
    /// </summary>
    public required HttpClient Http { get; init; }

    /// <summary>The definition's <c>Headers</c>, for clients that do not use <see cref="Http"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The definition's <c>Organization</c>; <see langword="null"/>: none.</summary>
    public string? Organization { get; init; }

    /// <summary>The definition's <c>ApiVersion</c>; <see langword="null"/>: none.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Writes to the gateway's log.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The gateway's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>Everything that is configured about one upstream deployment. Holds references to secrets, or secrets that are sealed.</summary>
[GenerateSerializer, Immutable, Alias("pc.provider-definition")]
public sealed record ProviderDefinition
{
    /// <summary>Unique, lower case: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, at most 64 characters. Also the grain's key.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The adapter's name, for example <c>openai</c>, <c>anthropic</c>, <c>simulator</c>, or a preset such as <c>groq</c>.</summary>
    [Id(1)] public required string Type { get; init; }

    /// <summary>Where the API begins, for example <c>https://api.openai.com/v1</c>; <see langword="null"/>: the type's own.</summary>
    [Id(2)] public string? BaseUrl { get; init; }

    /// <summary>
    /// A reference to the key: <c>${NAME}</c>, <c>file:/path</c> or, for a literal in the configuration file of an embedded
    /// process, <c>config:provider-name</c>; or the key itself, sealed: a <see cref="Secrets.SecretEnvelope"/>. Resolved or
    /// opened in the gateway that uses it; <see langword="null"/>: no key.
    /// </summary>
    [Id(3)] public string? ApiKey { get; init; }

    /// <summary>A provider that is not enabled gets no request.</summary>
    [Id(4)] public bool Enabled { get; init; } = true;

    /// <summary>Among equals, the lowest goes first. At least 1.</summary>
    [Id(5)] public int Priority { get; init; } = 1;

    /// <summary>The share of traffic among equals of one priority. Above 0.</summary>
    [Id(6)] public double Weight { get; init; } = 1;

    /// <summary>The region the deployment stands in; <see langword="null"/>: not known.</summary>
    [Id(7)] public string? Region { get; init; }

    /// <summary>Requests in flight at once over the whole cluster.</summary>
    [Id(8)] public int MaxConcurrency { get; init; } = 256;

    /// <summary>What it serves, in the order of the definition. The first entry that matches a name counts.</summary>
    [Id(9)] public ImmutableArray<ModelDefinition> Models { get; init; } = [];

    /// <summary>How long to wait for it.</summary>
    [Id(10)] public ProviderTimeouts Timeouts { get; init; } = ProviderTimeouts.Default;

    /// <summary>Headers added to each request upstream. Values are sent as they are: no secrets.</summary>
    [Id(11)] public ImmutableArray<HeaderDefinition> Headers { get; init; } = [];

    /// <summary>OpenAI's organisation; <see langword="null"/>: none.</summary>
    [Id(12)] public string? Organization { get; init; }

    /// <summary>The API version that Azure's deployment paths and Anthropic's header ask for; <see langword="null"/>: the type's own.</summary>
    [Id(13)] public string? ApiVersion { get; init; }

    /// <summary>How a <c>simulator</c> behaves; <see langword="null"/> for every other type.</summary>
    [Id(14)] public SimulatorSettings? Simulator { get; init; }

    /// <summary>Who may change it.</summary>
    [Id(15)] public DefinitionSource Source { get; init; }

    /// <summary>Counts the changes of this definition, from 1. The admin API's ETag.</summary>
    [Id(16)] public long Version { get; init; }

    /// <summary>A draining provider finishes what it has and gets nothing new.</summary>
    [Id(17)] public bool Draining { get; init; }

    /// <summary>Further keys, as <see cref="ApiKey"/>; all are used in turn, and one that is refused or limited rests.</summary>
    [Id(18)] public ImmutableArray<string> ApiKeys { get; init; } = [];

    /// <summary>The proxy that requests go through: a URL, <c>environment</c>, or <c>none</c>; <see langword="null"/>: as the gateway's own configuration says.</summary>
    [Id(19)] public string? Proxy { get; init; }

    /// <summary>A PEM file of certificate authorities that are trusted beside the system's; <see langword="null"/>: as the gateway's own configuration says.</summary>
    [Id(20)] public string? CertificateAuthorities { get; init; }

    /// <summary>How a <c>custom_ai</c> is spoken to; <see langword="null"/> for every other type.</summary>
    [Id(21)] public CustomMapping? Custom { get; init; }
}

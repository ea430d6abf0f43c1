using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Configuration;

/// <summary>One provider in the configuration file. Becomes a <see cref="Providers.ProviderDefinition"/>.</summary>
public sealed class ProviderOptions
{
    /// <summary>Unique, lower case: letters, digits, <c>-</c>, <c>_</c>, <c>.</c>, at most 64 characters.</summary>
    public string Name { get; set; } = "";

    /// <summary>The adapter's name: one of the gateway's own, or one that an extension adds.</summary>
    public string Type { get; set; } = "";

    /// <summary>Where the API begins; <c>null</c>: the type's own.</summary>
    public string? BaseUrl { get; set; }

    /// <summary><c>${NAME}</c>, <c>file:/path</c>, or, in an embedded process, the key itself.</summary>
    [SecretValue]
    public string? ApiKey { get; set; }

    /// <summary>Further keys. All are used in turn; one that the provider refuses or limits rests while the others go on.</summary>
    [SecretValue]
    public IList<string> ApiKeys { get; } = [];

    /// <summary>The proxy that requests go through: a URL without credentials, <c>environment</c>, or <c>none</c>; <c>null</c>: as <c>Outbound:Proxy</c>.</summary>
    public string? Proxy { get; set; }

    /// <summary>A PEM file of certificate authorities that are trusted beside the system's; <c>null</c>: as <c>Outbound:CertificateAuthorities</c>.</summary>
    public string? CertificateAuthorities { get; set; }

    /// <summary>Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Among equals, the lowest goes first. Default 1.</summary>
    [Range(0, 1000)]
    public int Priority { get; set; } = 1;

    /// <summary>The share of traffic among equals of one priority. Default 1.</summary>
    [Range(0.0, 1_000_000.0)]
    public double Weight { get; set; } = 1;

    /// <summary>Where the deployment stands; <c>null</c>: not known.</summary>
    public string? Region { get; set; }

    /// <summary>Requests in flight at once over the whole cluster. Default 256.</summary>
    [Range(1, 1_000_000)]
    public int MaxConcurrency { get; set; } = 256;

    /// <summary>To the first event, and between events, in seconds. Default 30.</summary>
    [Range(0.001, 86400.0)]
    public double TimeoutSeconds { get; set; } = 30;

    /// <summary>
    /// In place of <c>TimeoutSeconds</c> for models that think before they answer, where it is longer, in seconds. Default
    /// 180, or <c>TotalTimeoutSeconds</c> where that is less.
    /// </summary>
    [Range(0.001, 86400.0)]
    public double? ReasoningTimeoutSeconds { get; set; }

    /// <summary>To the first byte of a whole answer, in seconds; <c>null</c>: by the request's size.</summary>
    [Range(0.001, 86400.0)]
    public double? AnswerTimeoutSeconds { get; set; }

    /// <summary>Name look-up, TCP and TLS, in seconds. Default 10.</summary>
    [Range(0.001, 300.0)]
    public double ConnectTimeoutSeconds { get; set; } = 10;

    /// <summary>The whole answer, in seconds. Default 600.</summary>
    [Range(0.001, 86400.0)]
    public double TotalTimeoutSeconds { get; set; } = 600;

    /// <summary>OpenAI's organisation; <c>null</c>: none.</summary>
    public string? Organization { get; set; }

    /// <summary>For Azure's deployment paths and Anthropic's version header; <c>null</c>: the type's own.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Headers added to each request upstream.</summary>
    [SecretValue]
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What it serves: names, or entries with limits and prices. A trailing <c>*</c> stands for any ending; none at all: whatever is asked for.</summary>
    public IList<ModelOptions> Models { get; } = [];

    /// <summary>Who set it up: the file, or, where nothing is configured, what was found in the environment.</summary>
    [JsonIgnore]
    public DefinitionSource Source { get; set; }

    /// <summary>How a <c>simulator</c> behaves.</summary>
    public SimulatorOptions? Simulator { get; set; }

    /// <summary>How a <c>custom_ai</c> is spoken to.</summary>
    public CustomOptions? Custom { get; set; }
}

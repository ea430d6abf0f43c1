using System.Collections.Immutable;
using System.Globalization;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Regions;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Turns the configuration file's entries into the definitions that the cluster keeps. No secret passes.</summary>
internal static class DefinitionMapping
{
    /// <summary>Begins a reference to a key that stands literally in a process's own configuration.</summary>
    public const string ConfigurationScheme = "config:";

    private const string EveryModel = "*";

    /// <summary>Everything that a process's file defines.</summary>
    /// <param name="options">The configuration in force.</param>
    /// <param name="process">Host and process id.</param>
    /// <param name="isWholeCluster">Whether the process is an embedded one, alone.</param>
    public static FileDefinitions ToFile(ProxyClusterOptions options, string process, bool isWholeCluster)
    {
        ImmutableArray<ProviderDefinition> providers = [.. options.Providers.Select(ToDefinition).OrderBy(p => p.Name, StringComparer.Ordinal)];
        ImmutableArray<AliasDefinition> aliases = [.. options.Aliases.Select(a => ToAlias(a.Key, a.Value)).OrderBy(a => a.Name, StringComparer.Ordinal)];
        return new FileDefinitions(
            process, options.ConfigGeneration, DefinitionHash.Of(providers, aliases), providers, aliases)
        { IsWholeCluster = isWholeCluster };
    }

    /// <summary>One provider of the file.</summary>
    /// <param name="options">As configured.</param>
    public static ProviderDefinition ToDefinition(ProviderOptions options) => new()
    {
        Name = options.Name,
        Type = options.Type,
        BaseUrl = options.BaseUrl,
        ApiKey = ToReference(options.Name, options.ApiKey),
        ApiKeys = [.. options.ApiKeys.Select((key, i) => ToReference(string.Create(CultureInfo.InvariantCulture, $"{options.Name}#{i}"), key)).OfType<string>()],
        Proxy = options.Proxy,
        CertificateAuthorities = options.CertificateAuthorities,
        Enabled = options.Enabled,
        Priority = options.Priority,
        Weight = options.Weight,
        Region = options.Region,
        MaxConcurrency = options.MaxConcurrency,
        Models = options.Models.Count == 0 ? [new ModelDefinition { Id = EveryModel }] : [.. options.Models.Select(ToModel)],
        Timeouts = new ProviderTimeouts(
            TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            TimeSpan.FromSeconds(options.TimeoutSeconds),
            TimeSpan.FromSeconds(options.TimeoutSeconds),
            TimeSpan.FromSeconds(options.TotalTimeoutSeconds))
        {
            Reasoning = TimeSpan.FromSeconds(options.ReasoningTimeoutSeconds ?? 0),
            Answer = TimeSpan.FromSeconds(options.AnswerTimeoutSeconds ?? 0),
        },
        Headers = [.. options.Headers.Select(h => new HeaderDefinition(h.Key, h.Value)).OrderBy(h => h.Name, StringComparer.OrdinalIgnoreCase)],
        Organization = options.Organization,
        ApiVersion = options.ApiVersion,
        Simulator = ToSimulator(options.Simulator),
        Custom = options.Custom?.ToMapping(),
        Source = options.Source,
    };

    /// <summary>Where regions are.</summary>
    /// <param name="options">As configured: names and places were held to their rules when the file was checked.</param>
    public static RegionMap ToRegions(IEnumerable<RegionOptions> options)
    {
        var own = new Dictionary<string, GeoPoint>(StringComparer.OrdinalIgnoreCase);
        foreach (var region in options)
        {
            if (GeoPoint.TryParse(region.Location, out var place))
            {
                own[region.Name] = place;
            }
        }

        return RegionMap.Of(own);
    }

    /// <summary>The bits of capability names; none: all capabilities.</summary>
    /// <param name="names">As in <see cref="ModelOptions.Capabilities"/>; unknown ones were refused when the file was checked.</param>
    public static ModelCapabilities ToCapabilities(IEnumerable<string> names)
    {
        var capabilities = ModelCapabilities.None;
        foreach (var name in names)
        {
            capabilities |= Enum.TryParse<ModelCapabilities>(name, ignoreCase: true, out var one) ? one : ModelCapabilities.None;
        }

        return capabilities == ModelCapabilities.None ? ModelDefinition.DefaultCapabilities : capabilities;
    }

    // A literal key never leaves its process: the others see where it stands, and resolve it from their own file.
    private static string? ToReference(string place, string? key) =>
        string.IsNullOrEmpty(key) ? null
        : SecretReference.TryParse(key, out _) ? key
        : ConfigurationScheme + place;

    private static ModelDefinition ToModel(ModelOptions options) => new()
    {
        Id = options.Id,
        UpstreamId = options.UpstreamId,
        ContextLengthTokens = options.ContextLength,
        MaxOutputTokens = options.MaxOutputTokens,
        InputCostPerMillion = options.InputCostPerMillion,
        OutputCostPerMillion = options.OutputCostPerMillion,
        CacheReadCostPerMillion = options.CacheReadCostPerMillion,
        CacheWriteCostPerMillion = options.CacheWriteCostPerMillion,
        Capabilities = ToCapabilities(options.Capabilities),
        Reasoning = options.Reasoning,
    };

    private static AliasDefinition ToAlias(string name, AliasOptions options) =>
        new(name, [.. options.Models], Ordered: options.Strategy == PriorityStrategy.StrategyName)
        {
            Strategy = options.Strategy,
            Fallbacks = ToFallbacks(options.Fallbacks),
        };

    private static AliasFallbacks? ToFallbacks(AliasFallbackOptions options) =>
        options is { ContextTooLong: [], ContentFilter: [], RateLimited: [], Any: [] } ? null
        : new([.. options.ContextTooLong], [.. options.ContentFilter], [.. options.RateLimited], [.. options.Any]);

    private static SimulatorSettings? ToSimulator(SimulatorOptions? options) => options is null ? null : new()
    {
        FirstTokenDelay = TimeSpan.FromMilliseconds(options.FirstTokenMilliseconds),
        TokensPerSecond = options.TokensPerSecond,
        FailureRate = options.FailureRate,
        FailureStatus = options.FailureStatus,
        AnswerTokens = options.AnswerTokens,
    };
}

using System.Collections.Immutable;
using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Reads a provider's definition from a body and checks all of it. Every fault is found before any is answered.</summary>
internal sealed class ProviderReader(IEnumerable<ProviderAdapter> adapters, ProviderKeyReader keys)
{
    private const int MostModels = 1000;

    private readonly Dictionary<string, ProviderAdapter> _adapters = adapters.ToDictionary(a => a.Type, StringComparer.Ordinal);

    /// <summary>Reads a definition.</summary>
    /// <param name="body">The body's object.</param>
    /// <param name="name">The name in the address; <see langword="null"/>: the body must give it.</param>
    /// <param name="current">What is to be replaced, whose keys may be kept; <see langword="null"/>: it is a new one.</param>
    /// <param name="absent">What becomes of keys that the body does not name.</param>
    /// <returns>The definition with source <see cref="DefinitionSource.Api"/>, or all faults.</returns>
    public ProviderReading Read(JsonElement body, string? name, ProviderDefinition? current = null, AbsentKey absent = AbsentKey.Dropped)
    {
        var faults = new List<AdminFault>();
        var fields = new JsonFields(body, "", faults);
        var definition = new ProviderDefinition
        {
            Name = ReadName(fields, name),
            Type = fields.RequiredText("type", 64) ?? "",
            BaseUrl = ReadBaseUrl(fields),
            Proxy = ReadProxy(fields),
            CertificateAuthorities = fields.Text("certificateAuthorities", 1024),
            Enabled = fields.Flag("enabled", true),
            Draining = fields.Flag("draining", false),
            Priority = fields.Integer("priority", 1, 1, 1000),
            Weight = fields.Number("weight", 1, 0.001, 1_000_000),
            Region = ReadWord(fields, "region"),
            MaxConcurrency = fields.Integer("maxConcurrency", 256, 1, 1_000_000),
            Timeouts = ReadTimeouts(fields),
            Organization = ReadWord(fields, "organization"),
            ApiVersion = ReadWord(fields, "apiVersion"),
            Headers = ProviderHeaderReader.Read(fields),
            Models = ReadModels(fields, faults),
            Simulator = ReadSimulator(fields),
            Custom = ProviderCustomReader.Read(fields, faults),
            Source = DefinitionSource.Api,
        };
        definition = keys.Read(fields, definition, current, absent, out var warning);
        CheckType(fields, definition);
        fields.RefuseOthers();
        return faults.Count == 0 ? new(definition, null, warning) : new(null, Problem.InvalidBody(faults), null);
    }

    /// <summary>Whether a text is a provider's name.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');

    private static string ReadName(JsonFields fields, string? expected)
    {
        var name = expected is null ? fields.RequiredText("name", 64) : fields.Text("name", 64) ?? expected;
        if (name is not null && !IsName(name))
        {
            fields.Fault("name", "It must have 1 to 64 lower-case letters, digits, '-', '_' or '.', the first a letter or a digit.");
        }
        else if (name is not null && expected is not null && name != expected)
        {
            fields.Fault("name", $"It must be '{expected}', as in the address: a provider cannot be renamed.");
        }

        return name ?? "";
    }

    private static string? ReadBaseUrl(JsonFields fields)
    {
        if (fields.Text("baseUrl", 2048) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.Host.Length == 0)
        {
            fields.Fault("baseUrl", "It must be an absolute address that begins with http:// or https://.");
        }
        else if (uri.UserInfo.Length > 0 || text.AsSpan().ContainsAny('?', '#', '\\'))
        {
            fields.Fault("baseUrl", "It must have no user name, query, fragment or backslash.");
        }

        return text;
    }

    private static string? ReadProxy(JsonFields fields)
    {
        var proxy = fields.Text("proxy", 2048);
        if (proxy is not null && !OutboundOptions.IsProxy(proxy))
        {
            fields.Fault("proxy", "It must be a URL without credentials, 'environment' or 'none'.");
        }

        return proxy;
    }

    private static string? ReadWord(JsonFields fields, string name)
    {
        var word = fields.Text(name, 128);
        if (word is not null && !word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            fields.Fault(name, "It must have letters, digits, '-', '_' and '.' only.");
        }

        return word;
    }

    private static ProviderTimeouts ReadTimeouts(JsonFields fields)
    {
        var first = fields.Number("timeoutSeconds", 30, 0.1, 3600);
        var connect = fields.Number("connectTimeoutSeconds", 10, 0.1, 300);
        var total = fields.Number("totalTimeoutSeconds", 600, 0.1, 7200);
        var reasoning = fields.Number("reasoningTimeoutSeconds", 0, 0.1, 3600);
        var answer = fields.Number("answerTimeoutSeconds", 0, 0.1, 7200);
        return new(TimeSpan.FromSeconds(connect), TimeSpan.FromSeconds(first), TimeSpan.FromSeconds(first), TimeSpan.FromSeconds(total))
        {
            Reasoning = TimeSpan.FromSeconds(reasoning),
            Answer = TimeSpan.FromSeconds(answer),
        };
    }

    private static ImmutableArray<ModelDefinition> ReadModels(JsonFields fields, List<AdminFault> faults)
    {
        var models = ImmutableArray.CreateBuilder<ModelDefinition>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var items = fields.Items("models", MostModels);
        for (var i = 0; i < items.Count; i++)
        {
            var path = $"{fields.PathOf("models")}[{i}]";
            if (ProviderModelReader.Read(items[i], path, faults) is not { } model)
            {
                continue;
            }

            if (!seen.Add(model.Id))
            {
                faults.Add(new(path, $"The model '{model.Id}' is named twice."));
            }

            models.Add(model);
        }

        return models.ToImmutable();
    }

    private static SimulatorSettings? ReadSimulator(JsonFields fields)
    {
        if (fields.Object("simulator") is not { } simulator)
        {
            return null;
        }

        var settings = new SimulatorSettings
        {
            FirstTokenDelay = TimeSpan.FromMilliseconds(simulator.Integer("firstTokenMilliseconds", 0, 0, 600_000)),
            TokensPerSecond = simulator.Number("tokensPerSecond", 0, 0, 1_000_000),
            FailureRate = simulator.Number("failureRate", 0, 0, 1),
            FailureStatus = simulator.Integer("failureStatus", 500, 400, 599),
            AnswerTokens = simulator.Integer("answerTokens", 32, 1, 1_000_000),
        };
        simulator.RefuseOthers();
        return settings;
    }

    private void CheckType(JsonFields fields, ProviderDefinition definition)
    {
        if (definition.Type.Length == 0)
        {
            return;
        }

        if (!_adapters.TryGetValue(definition.Type, out var adapter))
        {
            fields.Fault("type", $"There is no type '{definition.Type}'. There are: {string.Join(", ", _adapters.Keys.Order(StringComparer.Ordinal))}.");
            return;
        }

        if (adapter.DefaultBaseUrl is null && fields.Get("baseUrl") is null)
        {
            fields.Fault("baseUrl", $"It is required: the type '{definition.Type}' has no address of its own.");
        }

        if (adapter.NeedsKey && definition.ApiKey is null && !fields.HasFault("apiKey"))
        {
            fields.Fault("apiKey", $"It is required: a provider of type '{definition.Type}' does not work without a key. A stored key is dropped with the type, the base URL or the proxy that it was stored for.");
        }

        if (definition.Type != CustomRules.Type && fields.Get("custom") is not null)
        {
            fields.Fault("custom", $"Only a provider of type '{CustomRules.Type}' has it.");
        }

        if (definition.Simulator is not null && definition.Type != "simulator")
        {
            fields.Fault("simulator", "Only a provider of type 'simulator' has it.");
        }
    }
}

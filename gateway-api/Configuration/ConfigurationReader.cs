using System.Collections;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Extensions;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Hosting.Tls;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Which program reads the configuration.</summary>
internal enum ProgramKind
{
    /// <summary><c>silo</c>, whose role says whether it is a gateway too.</summary>
    Silo = 0,

    /// <summary><c>gateway-api</c>.</summary>
    Gateway = 1,
}

/// <summary>What a reading has found.</summary>
/// <param name="Options">Complete only if there are no faults.</param>
/// <param name="Faults">All of them.</param>
/// <param name="HasFile">Whether there was a file.</param>
internal sealed record ConfigurationReading(ProxyClusterOptions Options, IReadOnlyList<ConfigurationFault> Faults, bool HasFile);

/// <summary>Makes the configuration of a process out of file, environment and command line; what comes later wins.</summary>
internal sealed class ConfigurationReader
{
    private const string DefaultFile = "proxycluster.json";
    private const string VariablePrefix = "PROXYCLUSTER__";

    private readonly CommandLineSettings _arguments;
    private readonly ProgramKind _program;
    private readonly EnvironmentProviders _environmentProviders;
    private readonly IReadOnlyList<IGatewayExtension> _givenExtensions;
    private readonly bool _isFileRequired;
    private IList<ExtensionOptions>? _loadedFrom;
    private bool _hadFile;

    public ConfigurationReader(
        CommandLineSettings arguments, ProgramKind program, EnvironmentProviders environmentProviders, params IReadOnlyList<IGatewayExtension> extensions)
    {
        _arguments = arguments;
        _program = program;
        _environmentProviders = environmentProviders;
        _givenExtensions = extensions;
        var named = arguments.File ?? Environment.GetEnvironmentVariable("PROXYCLUSTER_CONFIG");
        _isFileRequired = !string.IsNullOrEmpty(named);
        File = Path.GetFullPath(_isFileRequired ? named! : DefaultFile);
    }

    /// <summary>The file that is read, whether or not it is there.</summary>
    public string File { get; }

    /// <summary>What the extensions of this process have registered: those that the first reading of <see cref="File"/> named.</summary>
    public LoadedExtensions Extensions { get; private set; } = LoadedExtensions.None;

    /// <summary>Reads everything anew, but for extensions: they are loaded by the first reading, since code that is loaded stays.</summary>
    /// <param name="inForce">What a running process cannot change is taken from here; <see langword="null"/>: the process starts.</param>
    public ConfigurationReading Read(ProxyClusterOptions? inForce = null)
    {
        List<ConfigurationFault> faults = [];

        // A file that goes away under a running process is a mishap, not a wish for the defaults.
        var json = ReadFile(faults, _isFileRequired || _hadFile);
        _hadFile |= json is not null;
        var reading = Read(json, faults, inForce, mayLoad: _loadedFrom is null);
        ConfiguredSecrets.Note(reading.Options);
        return reading;
    }

    /// <summary>Reads a file that is not on disk, as if it were this process's. It may come from anyone: what it names is not loaded.</summary>
    public ConfigurationReading Read(ReadOnlyMemory<byte> json) => Read(json, [], inForce: null, mayLoad: false);

    private ConfigurationReading Read(ReadOnlyMemory<byte>? json, List<ConfigurationFault> faults, ProxyClusterOptions? inForce, bool mayLoad)
    {
        var root = new SettingsTree("");
        if (json is { } bytes)
        {
            JsonSettings.Read(bytes.Span, root, faults);
        }

        OverlayEnvironment(root);
        foreach (var (key, value) in _arguments.Values)
        {
            root.Overlay(key.Split(':'), value, "command line");
        }

        var node = root.ToNode();
        var (options, found) = OptionsBinder.Bind(node);
        faults.AddRange(found);
        if (inForce is not null)
        {
            FixedSettings.Keep(inForce, options);
        }

        if (options.Providers.Count == 0 && options.Cluster.Redis is null)
        {
            foreach (var provider in _environmentProviders.Find())
            {
                options.Providers.Add(provider);
            }
        }

        // What could not be bound has left a default or a gap behind, which breaks rules of its own.
        var bound = faults.ToArray();
        var origins = OriginsOf(node);
        var extensionFaults = Extend(options, origins, mayLoad);
        faults.AddRange(extensionFaults);
        faults.AddRange(ConfigurationRules.Check(options, Context(options, origins, knowsAllTypes: extensionFaults.Count == 0))
            .Where(fault => bound.Length == 0 || (fault.Origin is not null && !Array.Exists(bound, other => other.Path == fault.Path))));
        return new(options, faults, json is not null);
    }

    // Silos call no provider, so that they run nobody's code.
    private IReadOnlyList<ConfigurationFault> Extend(ProxyClusterOptions options, Dictionary<string, string?> origins, bool mayLoad)
    {
        if (!IsGateway(options))
        {
            return [];
        }

        if (mayLoad)
        {
            _loadedFrom = options.Extensions;
            var loader = new ExtensionLoader(Path.GetDirectoryName(File)!, origins.GetValueOrDefault);
            (Extensions, var faults) = loader.Load(options.Extensions, _givenExtensions);
            return faults;
        }

        var loaded = _loadedFrom ?? [];
        return options.Extensions.Select(Named).SequenceEqual(loaded.Select(Named))
            ? []
            : [new("Extensions", null, "Extensions are loaded at a start only, and this process runs with others. Check the file where it is: silo config check.")];

        static (string, string) Named(ExtensionOptions extension) => (extension.Assembly, extension.Settings);
    }

    private ReadOnlyMemory<byte>? ReadFile(List<ConfigurationFault> faults, bool isFileRequired)
    {
        try
        {
            return System.IO.File.ReadAllBytes(File);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            if (isFileRequired)
            {
                faults.Add(new("", File, "There is no such file. Check --config and PROXYCLUSTER_CONFIG."));
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(new("", File, $"The file cannot be read: {exception.Message}"));
            return null;
        }
    }

    private static void OverlayEnvironment(SettingsTree root)
    {
        // In the order of their names, so that what wins does not depend on the shell.
        foreach (var (name, value) in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => ((string)entry.Key, (string?)entry.Value))
            .Where(entry => entry.Item1.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase))
            .OrderBy(entry => entry.Item1, StringComparer.Ordinal))
        {
            root.Overlay(name[VariablePrefix.Length..].Split("__"), value ?? "", $"environment {name}");
        }
    }

    private bool IsGateway(ProxyClusterOptions options) => _program == ProgramKind.Gateway || options.Role == "all";

    private ConfigurationContext Context(ProxyClusterOptions options, Dictionary<string, string?> origins, bool knowsAllTypes)
    {
        var hookTypes = new HookTypes(Extensions.HookTypes);
        return new()
        {
            ProviderTypes = [.. ProviderTypeCatalog.All, .. Extensions.ProviderTypeFacts],
            KnowsAllTypes = knowsAllTypes && (IsGateway(options) || options.Extensions.Count == 0),
            IsGateway = IsGateway(options),
            IsReference = text => SecretReference.TryParse(text, out _),
            ReferenceFault = text => SecretReference.TryParse(text, out var reference) && !reference.TryRead(out _, out var fault) ? fault : null,
            HookTypes = hookTypes.Names,
            HookFaults = hookTypes.FaultsOf,
            AddedStrategies = [.. Extensions.Strategies.Select(added => added.Name)],
            CertificatesFault = path => Providers.TrustedAuthorities.TryRead(path, out _, out var fault) ? null : fault,
            KeyPairFault = static (certificate, key, authority) => new CertificateFiles(certificate, key, authority).TryRead(out _, out var fault) ? null : fault,
            Origin = path => origins.GetValueOrDefault(path),
        };
    }

    private static Dictionary<string, string?> OriginsOf(ConfigurationNode root)
    {
        Dictionary<string, string?> origins = new(StringComparer.OrdinalIgnoreCase);
        Collect(root);
        return origins;

        void Collect(ConfigurationNode node)
        {
            origins[node.Path] = node.Origin;
            foreach (var child in node.Children)
            {
                Collect(child);
            }
        }
    }
}

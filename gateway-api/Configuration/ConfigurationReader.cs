using System.Collections;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Hooks;

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
    private readonly bool _isFileRequired;
    private bool _hadFile;

    public ConfigurationReader(CommandLineSettings arguments, ProgramKind program, EnvironmentProviders environmentProviders)
    {
        _arguments = arguments;
        _program = program;
        _environmentProviders = environmentProviders;
        var named = arguments.File ?? Environment.GetEnvironmentVariable("PROXYCLUSTER_CONFIG");
        _isFileRequired = !string.IsNullOrEmpty(named);
        File = Path.GetFullPath(_isFileRequired ? named! : DefaultFile);
    }

    /// <summary>The types of hooks that entries may name.</summary>
    public HookTypes HookTypes { get; } = new();

    /// <summary>The file that is read, whether or not it is there.</summary>
    public string File { get; }

    /// <summary>Reads everything anew.</summary>
    /// <param name="inForce">What a running process cannot change is taken from here; <see langword="null"/>: the process starts.</param>
    public ConfigurationReading Read(ProxyClusterOptions? inForce = null)
    {
        List<ConfigurationFault> faults = [];

        // A file that goes away under a running process is a mishap, not a wish for the defaults.
        var json = ReadFile(faults, _isFileRequired || _hadFile);
        _hadFile |= json is not null;
        return Read(json, faults, inForce);
    }

    /// <summary>Reads a file that is not on disk, as if it were this process's.</summary>
    public ConfigurationReading Read(ReadOnlyMemory<byte> json) => Read(json, [], inForce: null);

    private ConfigurationReading Read(ReadOnlyMemory<byte>? json, List<ConfigurationFault> faults, ProxyClusterOptions? inForce)
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
        faults.AddRange(ConfigurationRules.Check(options, Context(options, node))
            .Where(fault => bound.Length == 0 || (fault.Origin is not null && !Array.Exists(bound, other => other.Path == fault.Path))));
        return new(options, faults, json is not null);
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

    private ConfigurationContext Context(ProxyClusterOptions options, ConfigurationNode root)
    {
        Dictionary<string, string?> origins = new(StringComparer.OrdinalIgnoreCase);
        Collect(root);
        return new()
        {
            ProviderTypes = ProviderTypeCatalog.All,
            IsGateway = _program == ProgramKind.Gateway || options.Role == "all",
            IsReference = text => SecretReference.TryParse(text, out _),
            ReferenceFault = text => SecretReference.TryParse(text, out var reference) && !reference.TryRead(out _, out var fault) ? fault : null,
            HookTypes = HookTypes.Names,
            HookFaults = HookTypes.FaultsOf,
            CertificatesFault = path => Providers.TrustedAuthorities.TryRead(path, out _, out var fault) ? null : fault,
            Origin = path => origins.GetValueOrDefault(path),
        };

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

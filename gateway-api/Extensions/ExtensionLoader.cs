using System.Reflection;
using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Routing.Strategies;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Hooks;

namespace ProxyCluster.GatewayApi.Extensions;

/// <summary>
/// Loads the assemblies that the configuration names and lets them register. That runs their code: only what an
/// operator has written into the file, the environment or the command line ever comes here.
/// </summary>
/// <param name="folder">Where relative paths begin.</param>
/// <param name="origin">The line or source of a setting, by its path.</param>
internal sealed class ExtensionLoader(string folder, Func<string, string?> origin)
{
    private const string Section = "Extensions";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly List<GatewayExtensions> _registries = [];
    private readonly List<ConfigurationFault> _faults = [];
    private readonly Dictionary<string, string> _typeOwners = ProviderTypeCatalog.All.ToDictionary(static type => type.Type, static _ => "the gateway", StringComparer.Ordinal);
    private readonly Dictionary<string, string> _hookOwners = HookTypes.Own.ToDictionary(static type => type.Name, static _ => "the gateway", StringComparer.Ordinal);
    private readonly Dictionary<string, string> _strategyOwners = BuiltInStrategies.All.ToDictionary(static strategy => strategy.Name, static _ => "the gateway", StringComparer.Ordinal);
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>Loads all; every fault is found before any is told.</summary>
    /// <param name="entries">What the configuration names.</param>
    /// <param name="given">Extensions that were given in code.</param>
    public (LoadedExtensions Loaded, IReadOnlyList<ConfigurationFault> Faults) Load(IList<ExtensionOptions> entries, IReadOnlyList<IGatewayExtension> given)
    {
        foreach (var extension in given)
        {
            Register(Section, extension.GetType().Name, new GatewayExtensions(), [() => extension]);
        }

        for (var i = 0; i < entries.Count; i++)
        {
            Load($"{Section}[{i}]", entries[i]);
        }

        return (new LoadedExtensions(_registries), _faults);
    }

    private void Load(string section, ExtensionOptions entry)
    {
        var setting = $"{section}:{nameof(entry.Assembly)}";
        if (string.IsNullOrWhiteSpace(entry.Assembly))
        {
            Fault(setting, entry.Assembly, "Name the assembly's file: a .dll that 'dotnet publish' has made.");
            return;
        }

        var path = Path.GetFullPath(entry.Assembly, folder);
        if (!_paths.Add(path))
        {
            Fault(setting, entry.Assembly, "This assembly was named before. Name it once.");
            return;
        }

        var entries = ExtensionAssembly.Load(path, out var fault);
        if (fault.Length > 0)
        {
            Fault(setting, entry.Assembly, fault);
            return;
        }

        var settings = entry.Settings.Length > 0 ? JsonDocument.Parse(entry.Settings).RootElement : default;
        Register(setting, entry.Assembly, new GatewayExtensions(settings), [.. entries.Select(static type => (Func<IGatewayExtension>)(() => (IGatewayExtension)Activator.CreateInstance(type)!))]);
    }

    private void Register(string setting, string value, GatewayExtensions registry, IReadOnlyList<Func<IGatewayExtension>> extensions)
    {
        foreach (var create in extensions)
        {
            // A constructor that waits for ever must not hold up the start without a word.
            var registering = Task.Run(() => create().Register(registry));
            if (Task.WaitAny([registering], Limit) < 0)
            {
                Fault(setting, value, $"It did not register within {Limit.TotalSeconds} s. A constructor and Register must not wait for anything.");
                return;
            }

            if (registering.Exception?.InnerException is { } failure)
            {
                Fault(setting, value, FailureOf(failure));
                return;
            }
        }

        Claim(setting, value, "provider type", registry.ProviderTypes.Select(static type => type.Name), _typeOwners);
        Claim(setting, value, "hook type", registry.HookTypes.Select(static type => type.Name), _hookOwners);
        Claim(setting, value, "routing strategy", registry.Strategies.Select(static added => added.Name), _strategyOwners);
        _registries.Add(registry);
    }

    private void Claim(string setting, string value, string what, IEnumerable<string> names, Dictionary<string, string> owners)
    {
        foreach (var name in names)
        {
            if (!owners.TryAdd(name, value))
            {
                Fault(setting, value, $"It registers a {what} '{name}', which {owners[name]} has already. Give it another name.");
            }
        }
    }

    private static string FailureOf(Exception exception)
    {
        var failure = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
        return failure is MissingMemberException or TypeLoadException
            ? $"It was built with other contracts than this gateway's: {failure.Message} Build it with the gateway's version of ProxyCluster.Extensions."
            : $"It failed to register: {failure.GetType().Name}: {failure.Message} Mend the extension.";
    }

    // An entry that is a bare path has no setting of its own.
    private void Fault(string path, string? value, string cure) =>
        _faults.Add(new(path, value, cure) { Origin = origin(path) ?? origin(path.Split(':')[0]) });
}

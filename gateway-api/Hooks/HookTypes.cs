using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Every type of hook there is, by its name in configuration.</summary>
internal sealed class HookTypes
{
    private readonly Dictionary<string, Func<HookSettings, GatewayHook>> _factories = new(StringComparer.Ordinal)
    {
        [RedactHook.Type] = static settings => RedactHook.Create(settings),
        [GuardrailHook.Type] = static settings => GuardrailHook.Create(settings),
    };

    /// <summary>All names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _factories.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds a type.</summary>
    /// <returns><see langword="false"/>: there is one of this name.</returns>
    public bool TryAdd(string name, Func<HookSettings, GatewayHook> factory) => _factories.TryAdd(name, factory);

    /// <summary>Makes the hook of an entry.</summary>
    /// <exception cref="HookSettingsException">Its settings do not fit.</exception>
    public GatewayHook Create(HookOptions entry)
    {
        if (!_factories.TryGetValue(entry.Type, out var factory))
        {
            throw new HookSettingsException("", $"There is no hook of the type '{entry.Type}'.");
        }

        return factory(new HookSettings(entry.Settings)) ?? throw new HookSettingsException("", $"The type '{entry.Type}' has made no hook.");
    }

    /// <summary>What is wrong with the settings of an entry whose type there is; empty: a hook can be made of them.</summary>
    public IReadOnlyList<(string Setting, string Cure)> FaultsOf(HookOptions entry)
    {
        try
        {
            (Create(entry) as IDisposable)?.Dispose();
            return [];
        }
        catch (HookSettingsException exception)
        {
            return exception.Faults;
        }
        catch (Exception exception)
        {
            return [("", $"The hook cannot be made: {exception.Message}")];
        }
    }
}

using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.Extensions;

public sealed partial class GatewayExtensions
{
    private readonly List<HookType> _hookTypes = [];

    internal IReadOnlyList<HookType> HookTypes => _hookTypes;

    /// <summary>Makes a type of hooks: <c>"Type": "…"</c> in an entry of <c>Hooks</c>.</summary>
    /// <param name="type">Its name, as <see cref="AddProvider"/> takes it, and none of the gateway's own hooks.</param>
    /// <param name="create">
    /// Makes the hook of one entry, also to see whether its settings are good. A <see cref="HookSettingsException"/> is told
    /// as a fault of the configuration. It must not wait for anything.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="type"/> is no such name.</exception>
    public void AddHook(string type, Func<HookSettings, GatewayHook> create)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(create);
        if (!TypeName().IsMatch(type))
        {
            throw new ArgumentException($"'{type}' is no name for a hook type: it must have 1 to 64 lower-case letters, digits, '-', '_' or '.'.", nameof(type));
        }

        _hookTypes.Add(new HookType(type, create));
    }
}

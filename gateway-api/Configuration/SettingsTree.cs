using System.Globalization;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>The configuration while its sources are laid over each other. Keys are told apart without case.</summary>
/// <remarks>
/// Not <c>IConfiguration</c>: that forgets lines, types, <c>null</c> and empty lists, and takes a colon in the name of
/// a model for a level.
/// </remarks>
internal sealed class SettingsTree(string key)
{
    private readonly List<SettingsTree> _children = [];

    public string Key { get; } = key;

    public ConfigurationNodeKind Kind { get; private set; } = ConfigurationNodeKind.Object;

    public string? Value { get; private set; }

    public string? Origin { get; private set; }

    public int Count => _children.Count;

    public SettingsTree? Find(string key) =>
        _children.Find(child => child.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    public SettingsTree Add(string key)
    {
        var child = new SettingsTree(key);
        _children.Add(child);
        return child;
    }

    /// <summary>Makes this a single value, or an empty container.</summary>
    public void Set(ConfigurationNodeKind kind, string? value, string? origin)
    {
        _children.Clear();
        Kind = kind;
        Value = value;
        Origin = origin;
    }

    /// <summary>Lays one value from a source without types over what is there.</summary>
    /// <param name="path">The keys from here on, for example <c>Listen</c>, <c>Data</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="origin">The source, for messages.</param>
    public void Overlay(ReadOnlySpan<string> path, string value, string origin)
    {
        if (path.IsEmpty)
        {
            Set(ConfigurationNodeKind.Text, value, origin);
            return;
        }

        if (Kind is not (ConfigurationNodeKind.Object or ConfigurationNodeKind.Array))
        {
            Set(ConfigurationNodeKind.Object, null, origin);
        }

        (Find(path[0]) ?? Add(path[0])).Overlay(path[1..], value, origin);
    }

    /// <summary>The tree as the binder takes it.</summary>
    public ConfigurationNode ToNode(string path = "") => new()
    {
        Key = Key,
        Path = path,
        Kind = Kind,
        Value = Value,
        Origin = Origin,
        Children = [.. Ordered().Select(child => child.ToNode(Join(path, child.Key)))],
    };

    private IEnumerable<SettingsTree> Ordered() => _children.TrueForAll(child => IsIndex(child.Key))
        ? _children.OrderBy(child => int.Parse(child.Key, CultureInfo.InvariantCulture))
        : _children;

    private static string Join(string path, string key) =>
        IsIndex(key) ? $"{path}[{key}]" : path.Length == 0 ? key : $"{path}:{key}";

    private static bool IsIndex(string key) => key.Length is > 0 and < 6 && key.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}

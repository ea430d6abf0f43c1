using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;

namespace ProxyCluster.Core.Configuration;

/// <summary>
/// Turns merged configuration into options, strictly: what it does not know, cannot read or finds out of bounds is a
/// fault, and all faults are found in one pass.
/// </summary>
public sealed class OptionsBinder
{
    private readonly List<ConfigurationFault> _faults = [];

    private OptionsBinder()
    {
    }

    /// <summary>Binds a whole configuration.</summary>
    /// <param name="root">The root; its children are the settings of <see cref="ProxyClusterOptions"/>.</param>
    /// <returns>The options, complete only if there are no faults.</returns>
    public static (ProxyClusterOptions Options, IReadOnlyList<ConfigurationFault> Faults) Bind(ConfigurationNode root)
    {
        ArgumentNullException.ThrowIfNull(root);
        var binder = new OptionsBinder();
        var options = new ProxyClusterOptions();
        binder.BindObject(options, root, isRoot: true);
        return (options, binder._faults);
    }

    /// <summary>Binds one section.</summary>
    /// <param name="node">Where it stands.</param>
    /// <returns>The options, complete only if there are no faults.</returns>
    public static (T Options, IReadOnlyList<ConfigurationFault> Faults) BindSection<T>(ConfigurationNode node)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(node);
        var binder = new OptionsBinder();
        var options = new T();
        binder.BindObject(options, node);
        return (options, binder._faults);
    }

    private void BindObject(object target, ConfigurationNode node, bool isRoot = false)
    {
        var properties = OptionProperties.Of(target.GetType());
        foreach (var child in node.Children)
        {
            // Editors find the schema by this key.
            if (isRoot && child.Key == "$schema")
            {
                continue;
            }

            var property = properties.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                // The value of an unknown setting may be a secret under a misspelt name.
                Fault(child, null, Unknown(child.Key, properties.Select(p => p.Name)));
                continue;
            }

            BindProperty(target, property, child);
        }
    }

    private static string Unknown(string key, IEnumerable<string> known) => NearestName.Of(key, known) is { } nearest
        ? $"There is no setting '{key}' here. Write '{nearest}' if that is meant."
        : $"There is no setting '{key}' here. There are: {string.Join(", ", known)}.";

    private void BindProperty(object target, OptionProperty property, ConfigurationNode node)
    {
        if (property.IsJson)
        {
            BindJson(target, property, node);
            return;
        }

        if (property.ItemType is { } item)
        {
            BindList((IList)property.Property.GetValue(target)!, item, property, node);
            return;
        }

        if (property.ValueType is { } value)
        {
            BindDictionary((IDictionary)property.Property.GetValue(target)!, value, property, node);
            return;
        }

        if (IsOptionsClass(property.Type))
        {
            BindSection(target, property, node);
            return;
        }

        if (TryReadScalar(property, property.Type, property.IsNullable, node, out var scalar))
        {
            property.Property.SetValue(target, scalar);
        }
    }

    private void BindJson(object target, OptionProperty property, ConfigurationNode node)
    {
        if (node.Kind != ConfigurationNodeKind.Object)
        {
            Fault(node, Shown(property, node), "It must be an object: { … }.");
            return;
        }

        property.Property.SetValue(target, ToJson(node)!.ToJsonString());
    }

    private static JsonNode? ToJson(ConfigurationNode node) => node.Kind switch
    {
        ConfigurationNodeKind.Object => new JsonObject(node.Children.Select(static child => KeyValuePair.Create(child.Key, ToJson(child)))),
        ConfigurationNodeKind.Array => new JsonArray([.. node.Children.Select(ToJson)]),
        ConfigurationNodeKind.Number => JsonNode.Parse(node.Value!),
        ConfigurationNodeKind.Boolean => JsonValue.Create(bool.Parse(node.Value!)),
        ConfigurationNodeKind.Null => null,
        _ => JsonValue.Create(node.Value),
    };

    private void BindSection(object target, OptionProperty property, ConfigurationNode node)
    {
        if (node.Kind == ConfigurationNodeKind.Null && property.IsNullable)
        {
            property.Property.SetValue(target, null);
            return;
        }

        if (node.Kind != ConfigurationNodeKind.Object)
        {
            Fault(node, Shown(property, node), "It must be an object: { … }.");
            return;
        }

        var section = property.Property.GetValue(target);
        if (section is null)
        {
            section = Activator.CreateInstance(property.Type)!;
            property.Property.SetValue(target, section);
        }

        BindObject(section, node);
    }

    private void BindList(IList list, Type item, OptionProperty property, ConfigurationNode node)
    {
        // From the environment a list comes as an object whose keys are its indices.
        var isList = node.Kind == ConfigurationNodeKind.Array
            || (node.Kind == ConfigurationNodeKind.Object && node.Children.All(child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)));
        if (!isList)
        {
            Fault(node, Shown(property, node), "It must be a list: [ … ].");
            return;
        }

        foreach (var child in node.Children)
        {
            if (!IsOptionsClass(item))
            {
                if (TryReadScalar(property, item, isNullable: false, child, out var scalar))
                {
                    list.Add(scalar);
                }
            }
            else if (CreateEntry(item, property, child) is { } entry)
            {
                list.Add(entry);
            }
        }
    }

    private void BindDictionary(IDictionary dictionary, Type value, OptionProperty property, ConfigurationNode node)
    {
        if (node.Kind != ConfigurationNodeKind.Object)
        {
            Fault(node, Shown(property, node), "It must be an object: { \"name\": … }.");
            return;
        }

        foreach (var child in node.Children)
        {
            if (!IsOptionsClass(value))
            {
                if (TryReadScalar(property, value, isNullable: false, child, out var scalar))
                {
                    dictionary[child.Key] = scalar;
                }
            }
            else if (CreateEntry(value, property, child) is { } entry)
            {
                dictionary[child.Key] = entry;
            }
        }
    }

    private object? CreateEntry(Type type, OptionProperty property, ConfigurationNode node)
    {
        var bare = type.GetCustomAttribute<BareValueAttribute>();
        var entry = Activator.CreateInstance(type)!;
        if (node.Kind == ConfigurationNodeKind.Object)
        {
            BindObject(entry, node);
            return entry;
        }

        if (bare is not null && node.Kind is ConfigurationNodeKind.String or ConfigurationNodeKind.Text)
        {
            type.GetProperty(bare.Property)!.SetValue(entry, node.Value);
            return entry;
        }

        Fault(node, Shown(property, node), bare is null ? "It must be an object: { … }." : "It must be a name or an object: { … }.");
        return null;
    }

    private bool TryReadScalar(OptionProperty property, Type type, bool isNullable, ConfigurationNode node, out object? value)
    {
        value = null;
        if (node.IsContainer)
        {
            Fault(node, null, $"It must be {ScalarReader.Describe(type)}, not {(node.Kind == ConfigurationNodeKind.Array ? "a list" : "an object")}.");
            return false;
        }

        // The environment cannot say null: an empty value means it.
        if (node.Kind == ConfigurationNodeKind.Null || (isNullable && node is { Kind: ConfigurationNodeKind.Text, Value: "" }))
        {
            if (!isNullable)
            {
                Fault(node, "null", $"It must be {ScalarReader.Describe(type)}. Leave it out for the default.");
            }

            return isNullable;
        }

        if (!ScalarReader.TryRead(type, node, out value))
        {
            Fault(node, Shown(property, node), $"It must be {ScalarReader.Describe(type)}.");
            return false;
        }

        return IsAllowed(property, node, value!);
    }

    private bool IsAllowed(OptionProperty property, ConfigurationNode node, object value)
    {
        if (property.Allowed is { } allowed && !allowed.Values.Contains(value))
        {
            var words = string.Join(", ", allowed.Values.Select(word => $"'{word}'"));
            Fault(node, Shown(property, node), $"It must be one of {words}.");
            return false;
        }

        if (property.Range is { } range && !range.IsValid(value))
        {
            Fault(node, Shown(property, node), string.Create(CultureInfo.InvariantCulture, $"It must be from {range.Minimum} to {range.Maximum}."));
            return false;
        }

        return true;
    }

    private static bool IsOptionsClass(Type type) => type.IsClass && type != typeof(string);

    private static string? Shown(OptionProperty property, ConfigurationNode node) => property.IsSecret ? null : node.Value;

    private void Fault(ConfigurationNode node, string? value, string cure) =>
        _faults.Add(new(node.Path, value, cure) { Origin = node.Origin });
}

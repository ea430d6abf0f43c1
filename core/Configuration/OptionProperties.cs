using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Serialization;

namespace ProxyCluster.Core.Configuration;

/// <summary>The settings of an options class, as the binder and the schema see them.</summary>
internal static class OptionProperties
{
    private static readonly ConcurrentDictionary<Type, OptionProperty[]> Known = [];

    /// <summary>All settings of a class, in the order they are declared in.</summary>
    public static IReadOnlyList<OptionProperty> Of(Type type) => Known.GetOrAdd(type, Read);

    private static OptionProperty[] Read(Type type)
    {
        var nullability = new NullabilityInfoContext();
        return
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => !property.IsDefined(typeof(JsonIgnoreAttribute)))
                .Select(property => new OptionProperty(
                    property,
                    nullability.Create(property).ReadState == NullabilityState.Nullable,
                    property.IsDefined(typeof(SecretValueAttribute)),
                    property.GetCustomAttribute<RangeAttribute>(),
                    property.GetCustomAttribute<AllowedValuesAttribute>(),
                    property.IsDefined(typeof(JsonValueAttribute)))),
        ];
    }
}

/// <summary>One setting.</summary>
/// <param name="Property">The property behind it.</param>
/// <param name="IsNullable">Whether it may be <c>null</c>.</param>
/// <param name="IsSecret">Whether its value must not be shown.</param>
/// <param name="Range">Its bounds; <see langword="null"/>: none.</param>
/// <param name="Allowed">Its words; <see langword="null"/>: any.</param>
/// <param name="IsJson">Whether it is a JSON object of any shape.</param>
internal sealed record OptionProperty(
    PropertyInfo Property,
    bool IsNullable,
    bool IsSecret,
    RangeAttribute? Range,
    AllowedValuesAttribute? Allowed,
    bool IsJson)
{
    public string Name => Property.Name;

    /// <summary>The type without its question mark.</summary>
    public Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>The type of a list's entries; <see langword="null"/>: it is no list.</summary>
    public Type? ItemType => GenericArgument(typeof(IList<>), 0);

    /// <summary>The type of a dictionary's values; <see langword="null"/>: it is no dictionary.</summary>
    public Type? ValueType => GenericArgument(typeof(IDictionary<,>), 1);

    private Type? GenericArgument(Type definition, int index) =>
        Type.IsGenericType && Type.GetGenericTypeDefinition() == definition ? Type.GetGenericArguments()[index] : null;
}

using System.Globalization;

namespace ProxyCluster.Core.Configuration;

/// <summary>Reads single values of the types that settings have.</summary>
internal static class ScalarReader
{
    private const NumberStyles Whole = NumberStyles.AllowLeadingSign;
    private const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>What a value of a type looks like, for messages.</summary>
    public static string Describe(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(double) || type == typeof(decimal) ? "a number"
        : "a text";

    public static bool TryRead(Type type, ConfigurationNode node, out object? value)
    {
        var text = node.Value ?? "";
        if (type == typeof(string))
        {
            value = text;
            return node.Kind is ConfigurationNodeKind.String or ConfigurationNodeKind.Text;
        }

        if (type == typeof(bool))
        {
            return Found(bool.TryParse(text, out var truth) && node.Kind != ConfigurationNodeKind.Number, truth, out value);
        }

        // A number in quotes is taken: it is how templates and the environment write it.
        if (node.Kind == ConfigurationNodeKind.Boolean)
        {
            value = null;
            return false;
        }

        if (type == typeof(int))
        {
            return Found(int.TryParse(text, Whole, CultureInfo.InvariantCulture, out var number), number, out value);
        }

        if (type == typeof(long))
        {
            return Found(long.TryParse(text, Whole, CultureInfo.InvariantCulture, out var number), number, out value);
        }

        if (type == typeof(double))
        {
            return Found(double.TryParse(text, Real, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number), number, out value);
        }

        if (type == typeof(decimal))
        {
            return Found(decimal.TryParse(text, Real, CultureInfo.InvariantCulture, out var number), number, out value);
        }

        throw new NotSupportedException($"Settings of type {type} cannot be read.");
    }

    private static bool Found<T>(bool found, T number, out object? value)
    {
        value = number;
        return found;
    }
}

using System.Collections;

namespace ProxyCluster.Core.Configuration;

/// <summary>Finds what may be a secret in a configuration, by <see cref="SecretValueAttribute"/>: settings that are added later, too.</summary>
public static class SecretTexts
{
    /// <summary>Every text of a setting that is marked, references among them.</summary>
    /// <param name="options">The whole configuration, or a section of it.</param>
    public static IEnumerable<string> Of(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var setting in OptionProperties.Of(options.GetType()))
        {
            if (setting.Property.GetValue(options) is { } value)
            {
                foreach (var text in Of(value, setting.IsSecret))
                {
                    yield return text;
                }
            }
        }
    }

    private static IEnumerable<string> Of(object value, bool isSecret) => value switch
    {
        string text => isSecret ? [text] : [],
        IDictionary byName => byName.Values.Cast<object>().SelectMany(item => Of(item, isSecret)),
        IEnumerable items => items.Cast<object>().SelectMany(item => Of(item, isSecret)),
        _ => value.GetType().Namespace == typeof(SecretTexts).Namespace && value.GetType().IsClass ? Of(value) : [],
    };
}

using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ProxyCluster.Core.Configuration;

/// <summary>What the options' own documentation says, so that the schema never says anything else.</summary>
public sealed partial class OptionDocumentation
{
    private readonly Dictionary<string, string> _summaries = new(StringComparer.Ordinal);

    /// <summary>Reads the file that the compiler writes beside the assembly.</summary>
    /// <returns>Empty where the file was not shipped.</returns>
    public static OptionDocumentation OfThisBuild()
    {
        var documentation = new OptionDocumentation();
        var file = Path.Combine(AppContext.BaseDirectory, typeof(OptionDocumentation).Assembly.GetName().Name + ".xml");
        if (!File.Exists(file))
        {
            return documentation;
        }

        foreach (var member in XDocument.Load(file).Descendants("member"))
        {
            if (member.Attribute("name")?.Value is ['P', ':', .. var name] && member.Element("summary") is { } summary)
            {
                documentation._summaries[name] = Plain(summary);
            }
        }

        return documentation;
    }

    /// <summary>The summary of a setting, as plain text.</summary>
    /// <param name="property">The setting.</param>
    public string? SummaryOf(PropertyInfo property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return _summaries.GetValueOrDefault($"{property.DeclaringType!.FullName}.{property.Name}");
    }

    private static string Plain(XElement summary)
    {
        foreach (var reference in summary.Descendants().Where(element => element.IsEmpty).ToArray())
        {
            var target = reference.Attribute("cref")?.Value ?? reference.Attribute("langword")?.Value ?? "";
            reference.ReplaceWith(target[(target.LastIndexOf('.') + 1)..]);
        }

        return Blanks().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}

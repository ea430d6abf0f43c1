using System.Globalization;
using System.Text.RegularExpressions;
using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>The patterns of a built-in hook: matched in time linear to the text, whatever the text is.</summary>
internal sealed class PatternList
{
    private const int MostPatterns = 64;
    private const int MostPatternCharacters = 1000;
    private const int MostWindowCharacters = 16 * 1024;

    // A word's boundary at the end of a match needs a look at what follows it.
    private const int LookAheadCharacters = 2;

    private PatternList(IReadOnlyList<Regex> patterns, int windowCharacters)
    {
        Patterns = patterns;
        WindowCharacters = windowCharacters;
    }

    public IReadOnlyList<Regex> Patterns { get; }

    public int WindowCharacters { get; }

    /// <summary>Compiles patterns.</summary>
    /// <param name="setting">The setting that holds them.</param>
    /// <param name="patterns">As configured.</param>
    /// <param name="windowCharacters">The longest match.</param>
    /// <param name="faults">What was found to be wrong before.</param>
    /// <exception cref="HookSettingsException">There are faults: all of them.</exception>
    public static PatternList Create(
        string setting, IReadOnlyList<NamedPattern> patterns, int windowCharacters, List<(string Setting, string Cure)> faults)
    {
        if (patterns.Count is 0 or > MostPatterns)
        {
            faults.Add((setting, $"It must have 1 to {MostPatterns} patterns: {{ \"Name\", \"Pattern\" }}."));
        }

        if (windowCharacters is < 1 or > MostWindowCharacters)
        {
            faults.Add(("WindowCharacters", string.Create(CultureInfo.InvariantCulture, $"It must be from 1 to {MostWindowCharacters}: the longest text that a pattern matches.")));
        }

        var compiled = new List<Regex>();
        for (var i = 0; i < patterns.Count; i++)
        {
            compiled.Add(Compile($"{setting}[{i}]", patterns[i], faults));
        }

        return faults.Count == 0 ? new PatternList(compiled, windowCharacters + LookAheadCharacters) : throw new HookSettingsException(faults);
    }

    private static Regex Compile(string place, NamedPattern pattern, List<(string Setting, string Cure)> faults)
    {
        if (string.IsNullOrWhiteSpace(pattern.Name))
        {
            faults.Add(($"{place}:Name", "Give the pattern a name that tells operators what it finds."));
        }

        if (pattern.Pattern.Length is 0 or > MostPatternCharacters)
        {
            faults.Add(($"{place}:Pattern", $"It must be a regular expression of 1 to {MostPatternCharacters} characters."));
            return new Regex("", RegexOptions.NonBacktracking);
        }

        try
        {
            return new Regex(pattern.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException fault)
        {
            faults.Add(($"{place}:Pattern", $"It is no regular expression: {fault.Message}"));
        }
        catch (NotSupportedException)
        {
            faults.Add(($"{place}:Pattern", "It must do without lookarounds, backreferences and atomic groups, and without very large repetitions."));
        }

        return new Regex("", RegexOptions.NonBacktracking);
    }
}

/// <summary>Settings that the built-in hooks share.</summary>
internal abstract record PatternSettings
{
    /// <summary>The longest text that a pattern matches; so much of a stream is held back.</summary>
    public int WindowCharacters { get; init; } = 256;
}

/// <summary>A regular expression and what it finds.</summary>
internal abstract record NamedPattern
{
    public string Name { get; init; } = "";

    public string Pattern { get; init; } = "";
}

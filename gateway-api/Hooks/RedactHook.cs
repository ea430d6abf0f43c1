using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>The type <c>redact</c>: puts a fixed text in the place of whatever matches.</summary>
internal sealed class RedactHook : GatewayHook, IOwnHook
{
    public const string Type = "redact";

    private const int MostReplacementCharacters = 1000;

    private readonly PatternList _patterns;
    private readonly string[] _replacements;

    private RedactHook(PatternList patterns, string[] replacements)
    {
        _patterns = patterns;
        _replacements = replacements;
    }

    /// <inheritdoc/>
    public override int WindowCharacters => _patterns.WindowCharacters;

    /// <summary>Makes a hook.</summary>
    /// <exception cref="HookSettingsException">The settings do not fit.</exception>
    public static RedactHook Create(HookSettings settings)
    {
        var read = settings.Read<RedactSettings>();
        var faults = new List<(string Setting, string Cure)>();
        for (var i = 0; i < read.Patterns.Count; i++)
        {
            if (read.Patterns[i].Replacement is { Length: > MostReplacementCharacters })
            {
                faults.Add(($"Patterns[{i}]:Replacement", $"It must not have more than {MostReplacementCharacters} characters."));
            }
        }

        var patterns = PatternList.Create("Patterns", read.Patterns, read.WindowCharacters, faults);
        return new RedactHook(patterns, [.. read.Patterns.Select(static pattern => pattern.Replacement ?? $"[{pattern.Name}]")]);
    }

    /// <inheritdoc/>
    public override ValueTask<HookVerdict> OnTextAsync(HookText text, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var match in text.Find(_patterns.Patterns))
        {
            cancellationToken.ThrowIfCancellationRequested();
            text.Replace(match, _replacements[match.Pattern]);
        }

        return new(HookVerdict.Pass);
    }

    private sealed record RedactSettings : PatternSettings
    {
        public IReadOnlyList<RedactPattern> Patterns { get; init; } = [];
    }

    private sealed record RedactPattern : NamedPattern
    {
        public string? Replacement { get; init; }
    }
}

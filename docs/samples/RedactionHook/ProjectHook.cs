using System.Text.RegularExpressions;
using ProxyCluster.Extensions.Hooks;

namespace Acme.Hooks;

/// <summary>Keeps project numbers in the house, and lets no answer through that names the project.</summary>
public sealed partial class ProjectHook(ProjectSettings settings) : GatewayHook
{
    private readonly Regex _codename = new(Regex.Escape(settings.Codename), RegexOptions.NonBacktracking | RegexOptions.IgnoreCase);

    /// <summary>A number, the codename, and one character more: a number ends where no letter or digit follows.</summary>
    public override int WindowCharacters => Math.Max(8, settings.Codename.Length) + 1;

    /// <inheritdoc/>
    public override ValueTask<HookVerdict> OnTextAsync(HookText text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.IsAnswer && text.Find(_codename).Any())
        {
            return new(HookVerdict.Block("The answer names a confidential project."));
        }

        foreach (var match in text.Find(Number()))
        {
            text.Replace(match, settings.Replacement);
        }

        return new(HookVerdict.Pass);
    }

    [GeneratedRegex(@"\bP-[0-9]{6}\b")]
    private static partial Regex Number();
}

/// <summary>What the hook's entry in the configuration says under <c>Settings</c>.</summary>
public sealed record ProjectSettings
{
    /// <summary>What no answer may name.</summary>
    public required string Codename { get; init; }

    /// <summary>What stands in the place of a number.</summary>
    public string Replacement { get; init; } = "[project]";
}

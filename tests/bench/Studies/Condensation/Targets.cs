using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>What the study is held to: a target that is missed fails it.</summary>
internal sealed class Targets
{
    private const double Rounding = 1e-9;

    private readonly List<(string Name, List<string> Misses)> _held = [];

    /// <summary>The exit code: 0 where all are met.</summary>
    public int ExitCode => _held.Exists(target => target.Misses.Count > 0) ? 1 : 0;

    /// <summary>Figures that must not fall from one budget to the next.</summary>
    public void Rises(string name, IReadOnlyList<double> shares) =>
        _held.Add((name, [.. shares.Zip(shares.Skip(1)).Where(pair => pair.Second < pair.First - Rounding).Select(pair => $"{Percent(pair.First)} then {Percent(pair.Second)}")]));

    /// <summary>Figures of which none may be below another.</summary>
    public void AtLeast(string name, IEnumerable<double> shares, IEnumerable<double> least) =>
        _held.Add((name, [.. shares.Zip(least).Where(pair => pair.First < pair.Second - Rounding).Select(pair => $"{Percent(pair.First)} against {Percent(pair.Second)}")]));

    /// <summary>Each target, and where it is missed.</summary>
    public void Write(StringBuilder page)
    {
        page.Append("\n## Targets\n\n| target | |\n|---|---|\n");
        foreach (var (name, misses) in _held)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {(misses.Count == 0 ? "met" : "missed: " + string.Join(", ", misses))} |\n");
        }
    }

    private static string Percent(double share) => (100 * share).ToString("0.00", CultureInfo.InvariantCulture);
}

using ProxyCluster.Tests.Http.Recordings;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>The tables of <c>docs/dialects.md</c>: what each pair can do. The tests take from there what has to be.</summary>
internal static class DialectTable
{
    /// <summary>It works.</summary>
    public const string Yes = "yes";

    /// <summary>The request is refused with this status.</summary>
    public const string Refused = "400";

    /// <summary>It is taken, and answered with plain text.</summary>
    public const string Plain = "text";

    /// <summary>There is no such thing at the provider.</summary>
    public const string Never = "–";

    private static readonly Lazy<string[]> Page = new(static () => File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "docs", "dialects.md")));

    /// <summary>What the columns are called.</summary>
    public static IReadOnlyDictionary<Feature, string> Columns { get; } = new Dictionary<Feature, string>
    {
        [Feature.Text] = "text",
        [Feature.Tools] = "tools",
        [Feature.Image] = "image",
        [Feature.Schema] = "schema",
        [Feature.Reasoning] = "thoughts",
        [Feature.Length] = "length",
        [Feature.Filter] = "filter",
        [Feature.Usage] = "tokens told apart",
        [Feature.Limited] = "429",
        [Feature.Rejected] = "refused",
        [Feature.Cut] = "cut",
    };

    /// <summary>A pair's cell.</summary>
    public static string Cell(Inbound inbound, string outbound, Feature feature) =>
        RowsOf($"From {inbound}").Single(row => row["provider"] == outbound)[Columns[feature]];

    /// <summary>The rows below a heading, by the names of their columns.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> RowsOf(string heading)
    {
        var table = Page.Value.SkipWhile(line => line != $"## {heading}").Skip(1).SkipWhile(static line => !line.StartsWith('|'))
            .TakeWhile(static line => line.StartsWith('|')).Select(CellsOf).ToList();
        return [.. table.Skip(2).Select(cells => table[0].Zip(cells).ToDictionary(static pair => pair.First, static pair => pair.Second))];
    }

    private static string[] CellsOf(string line) => [.. line.Split('|').Skip(1).SkipLast(1).Select(static cell => cell.Trim().Trim('`'))];
}

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>One row of the table that a provider's page has for the fields of a request.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Example">A value, as JSON.</param>
/// <param name="Verdict"><c>mapped</c>, <c>dropped</c> or <c>refused</c>.</param>
/// <param name="Sent">Members of the provider's request, as a JSON object; empty: the field is not sent.</param>
public sealed record FieldTablePage(string Field, string Example, string Verdict, string Sent)
{
    /// <summary>Reads the table in <c>docs/providers</c>.</summary>
    public static IReadOnlyList<FieldTablePage> Read(string provider) =>
    [
        .. File.ReadAllLines(Path.Combine(Support.Processes.RepositoryPaths.Root, "docs", "providers", provider + ".md"))
            .SkipWhile(static line => !line.StartsWith("| Field |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Split('|'))
            .Select(static cells => new FieldTablePage(Code(cells[1]), Code(cells[2]), cells[3].Trim(), Code(cells[4]))),
    ];

    private static string Code(string cell) => cell.Trim().Trim('`');
}

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>Tables on the pages in <c>docs/providers</c>.</summary>
internal static class Documents
{
    /// <summary>The rows of a table, each as its cells without the white space around them.</summary>
    /// <param name="page">The file's name.</param>
    /// <param name="head">How the table's first line begins.</param>
    public static IEnumerable<string[]> Table(string page, string head) =>
        File.ReadAllLines(Path.Combine(Root(), "docs", "providers", page))
            .SkipWhile(line => !line.StartsWith(head, StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Split('|')[1..^1].Select(static cell => cell.Trim()).ToArray());

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ProxyCluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

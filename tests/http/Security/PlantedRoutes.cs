using System.Text.RegularExpressions;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Every route of both listeners, as the catalogue of the documents says, which is held to the endpoints.</summary>
internal static partial class PlantedRoutes
{
    /// <summary>The methods and paths, each place in a path filled with something that may be there.</summary>
    public static IReadOnlyList<(HttpMethod Method, string Path)> All() =>
    [
        .. Route().Matches(File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "access.md")))
            .Select(static match => (HttpMethod.Parse(match.Groups[1].Value), Filled(match.Groups[2].Value)))
            .Distinct(),
    ];

    private static string Filled(string path) => path
        .Replace("{name}", "openai", StringComparison.Ordinal)
        .Replace("models/{id}", "models/openai-model", StringComparison.Ordinal)
        .Replace("{publicId}", "AAAAAAAAAAAA", StringComparison.Ordinal)
        .Replace("{subject}", "user:planted", StringComparison.Ordinal)
        .Replace("{id}", "planted", StringComparison.Ordinal)
        .Replace("{user}", "planted", StringComparison.Ordinal);

    [GeneratedRegex("`(GET|POST|PUT|PATCH|DELETE) (/(?:v1|admin)/[^`]+)`", RegexOptions.NonBacktracking)]
    private static partial Regex Route();
}

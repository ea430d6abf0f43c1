namespace ProxyCluster.Tests.Support.Processes;

/// <summary>Where the built programs are, as seen from a test's output directory.</summary>
public static class RepositoryPaths
{
    public static string Root { get; } = FindRoot();

    /// <summary><c>Debug</c> or <c>Release</c>, as this assembly was built.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name is "Release" ? "Release" : "Debug";

    public static string Silo => Program("silo", "ProxyCluster.Silo.dll");

    public static string Gateway => Program("gateway-api", "ProxyCluster.GatewayApi.dll");

    public static string Support => Program("tests/support", "ProxyCluster.Tests.Support.dll");

    private static string Program(string project, string assembly)
    {
        var path = Path.Combine(Root, project, "bin", Configuration, "net10.0", assembly);
        return File.Exists(path) ? path : throw new FileNotFoundException($"Build the solution first: {path} is missing.", path);
    }

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "ProxyCluster.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No ProxyCluster.sln above {AppContext.BaseDirectory}.");
    }
}

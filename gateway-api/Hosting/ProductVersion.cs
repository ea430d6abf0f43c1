using System.Reflection;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>The version of this build.</summary>
internal static class ProductVersion
{
    private const int LongestCommit = 8;

    /// <summary>For example <c>0.1.0+1a2b3c4d</c>: the release and the commit it was built from.</summary>
    public static string Text { get; } = Shorten(
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");

    private static string Shorten(string version)
    {
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus >= 0 && version.Length > plus + 1 + LongestCommit ? version[..(plus + 1 + LongestCommit)] : version;
    }
}

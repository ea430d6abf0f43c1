namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>A limit of time for every regular expression that has none of its own: those of libraries, too (RELIABILITY S10).</summary>
internal static class RegexLimits
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>Sets it. The first expression reads it, so that this comes before everything else.</summary>
    public static void Set() => AppDomain.CurrentDomain.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", Limit);
}

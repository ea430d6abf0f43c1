using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Custom;

/// <summary>The configurations on <c>docs/providers/custom.md</c>, as they stand there but for address and key.</summary>
internal static class CustomPage
{
    private const string Fence = "```";

    /// <summary>A gateway with one of them.</summary>
    /// <param name="provider">The provider's name on the page.</param>
    /// <param name="upstream">In its place.</param>
    public static Task<SiloProcess> StartAsync(string provider, ScriptedUpstream upstream) =>
        SiloProcess.StartAsync(new ProgramOptions { Config = Config(provider, upstream) });

    /// <summary>One of them.</summary>
    public static JsonObject Config(string provider, ScriptedUpstream upstream)
    {
        var config = Samples().Single(sample => (string?)sample["Providers"]![0]!["Name"] == provider);
        config["Providers"]![0]!["BaseUrl"] = upstream.Url.ToString();
        config["Providers"]![0]!["ApiKey"] = "planted-key";
        return config;
    }

    private static IEnumerable<JsonObject> Samples()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "providers", "custom.md"));
        return page.Split(Fence + "json").Skip(1).Select(static block => JsonNode.Parse(block[..block.IndexOf(Fence, StringComparison.Ordinal)])!.AsObject());
    }
}

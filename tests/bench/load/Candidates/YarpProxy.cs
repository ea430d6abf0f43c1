using Yarp.ReverseProxy.Configuration;

namespace ProxyCluster.Bench.Load.Candidates;

/// <summary>Bare YARP: one route, one destination, every setting on its default.</summary>
internal static class YarpProxy
{
    public static Task<int> RunAsync(int port, Uri upstream)
    {
        var builder = CandidateHost.CreateBuilder(port);
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "{**path}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "upstream",
                    Destinations = new Dictionary<string, DestinationConfig>
                    {
                        ["one"] = new() { Address = upstream.GetLeftPart(UriPartial.Authority) },
                    },
                },
            ]);
        var app = builder.Build();
        app.MapReverseProxy();
        return CandidateHost.RunAsync(app);
    }
}

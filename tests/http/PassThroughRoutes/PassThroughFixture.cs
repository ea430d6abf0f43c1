using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.PassThroughRoutes;

/// <summary>A gateway with two providers whose models declare what they can do.</summary>
public sealed class PassThroughFixture : IAsyncLifetime
{
    private SiloProcess _silo = null!;

    public ScriptedUpstream First { get; private set; } = null!;

    public ScriptedUpstream Second { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        First = await ScriptedUpstream.StartAsync();
        Second = await ScriptedUpstream.StartAsync();
        _silo = await SiloProcess.StartAsync(new ProgramOptions { Config = Config() });
        Client = TestHttp.Client(_silo.Data);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    private JsonObject Config()
    {
        var first = ProgramOptions.Provider("first", "openai", new Uri(First.Url, "/v1"));
        first["Models"] = new JsonArray(
            Model("painter", "images"),
            Model("renamed", "images", "upstream-painter"),
            Model("voice", "audio"),
            Model("renamed-voice", "audio", "whisper-1"),
            Model("judge", "moderations"),
            Model("omni-moderation-latest", "moderations"),
            Model("ranker", "rerank"),
            Model("both", "moderations"),
            Model("chatter", "chat"));
        var second = ProgramOptions.Provider("second", "openai", new Uri(Second.Url, "/v1"));
        second["Models"] = new JsonArray(Model("both", "moderations"));
        return new JsonObject
        {
            ["Providers"] = new JsonArray(first, second),
            ["Routing"] = new JsonObject { ["Retry"] = new JsonObject { ["AskAgain"] = false } },
            ["Aliases"] = new JsonObject
            {
                ["either"] = new JsonObject { ["Strategy"] = "priority", ["Models"] = new JsonArray("first/both", "second/both") },
            },
        };
    }

    private static JsonObject Model(string id, string capability, string? upstreamId = null)
    {
        var model = new JsonObject { ["Id"] = id, ["Capabilities"] = new JsonArray(capability) };
        if (upstreamId is not null)
        {
            model["UpstreamId"] = upstreamId;
        }

        return model;
    }
}

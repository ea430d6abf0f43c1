using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>The product as one process, with a provider for each recording: asked for the model of its name, it answers with the recording.</summary>
public sealed class RecordingGateway : IAsyncLifetime
{
    private readonly List<ScriptedUpstream> _upstreams = [];
    private SiloProcess _gateway = null!;

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var upstream = await ScriptedUpstream.StartAsync();
        _upstreams.Add(upstream);
        var providers = new JsonArray();
        foreach (var recording in RecordingCatalog.All.Values)
        {
            upstream.ForModel(recording.Id, new Behaviour
            {
                Status = recording.Status,
                BodyBytes = recording.Body,
                ContentType = recording.IsStream && !recording.IsError ? recording.Headers["content-type"] : "application/json",
                SplitBytes = recording.Body.Length > 4000 ? 997 : 61,
            });
            var provider = ProgramOptions.Provider(
                recording.Id, RecordedProvider.AdapterOf(recording).Type, new Uri(upstream.Url, "/v1"), recording.Id);
            provider["ApiKey"] = "sk-planted-in-the-test";
            providers.Add(provider);
        }

        _gateway = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = providers,
                ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = 1_000_000, ["RequestsPerHour"] = 1_000_000 },
            },
        });
        Client = TestHttp.Client(_gateway.Data);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        foreach (var upstream in _upstreams)
        {
            await upstream.DisposeAsync();
        }
    }

    /// <summary>Asks for a recording as its client did.</summary>
    internal async Task<(int Status, byte[] Body)> AskAsync(Recording recording)
    {
        var body = JsonNode.Parse(RecordedProvider.RequestOf(recording).Body.Span)!.AsObject();
        body["model"] = recording.Id;
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}

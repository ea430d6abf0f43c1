using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.BadInput;

/// <summary>A provider's host that neither takes nor refuses connections.</summary>
public sealed class DeafHostTests : IAsyncLifetime
{
    // The operating system would try for two minutes, and the provider's total limit is ten.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private FullBacklog _hole = null!;
    private ScriptedUpstream _upstream = null!;
    private SiloProcess _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _hole = await FullBacklog.StartAsync();
        _upstream = await ScriptedUpstream.StartAsync();
        var deaf = ProgramOptions.Provider("deaf", "openai", new Uri(_hole.Url, "/v1"), "gpt-4o");
        deaf["ConnectTimeoutSeconds"] = 1;
        _gateway = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(deaf, ProgramOptions.Provider("alive", "openai", new Uri(_upstream.Url, "/v1"), "gpt-4o")),
                ["Aliases"] = new JsonObject
                {
                    ["either"] = new JsonObject { ["Strategy"] = "priority", ["Models"] = new JsonArray("deaf/gpt-4o", "alive/gpt-4o") },
                },
            },
        });
    }

    [Fact]
    public async Task Connect_ThatNobodyAnswers_EndsAtItsOwnLimitAndAnotherProviderServes()
    {
        using var client = TestHttp.Client(_gateway.Data);
        var started = Stopwatch.GetTimestamp();

        using var alone = await ChatAsync(client, "deaf/gpt-4o");
        using var either = await ChatAsync(client, "either");

        var error = JsonNode.Parse(await alone.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
        Assert.Equal((HttpStatusCode.BadGateway, "upstream_unreachable"), (alone.StatusCode, (string?)error["code"]));
        Assert.Equal((HttpStatusCode.OK, "alive"), (either.StatusCode, either.Headers.GetValues("x-proxy-provider").Single()));
        Assert.True(Stopwatch.GetElapsedTime(started) < Bound, $"It took {Stopwatch.GetElapsedTime(started)}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
        _hole.Dispose();
    }

    private static Task<HttpResponseMessage> ChatAsync(HttpClient client, string model) => client.PostAsJsonAsync(
        "/v1/chat/completions",
        new { model, messages = new[] { new { role = "user", content = "Hello" } } },
        TestContext.Current.CancellationToken);
}

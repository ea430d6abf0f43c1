using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>What a gateway had in flight when it died is not held against the provider for ever.</summary>
public sealed class KilledGatewayTests(ITestOutputHelper output)
{
    private const int Streams = 20;
    private const string Provider = "narrow";
    private const string Model = "narrow-model";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Gateway_KilledWithStreamsOpen_GivesTheProvidersSlotsBack()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new() { Endless = true, DelayBetweenEvents = TimeSpan.FromMilliseconds(200) };
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 1, gateways: 2, routes: new JsonObject { ["Providers"] = new JsonArray(Narrow(upstream)) });
        using var client = ClusterUnderTest.Client(cluster.Gateways[0], cluster.AdminKey);
        using var other = ClusterUnderTest.Client(cluster.Gateways[1], cluster.AdminKey);
        using var admin = cluster.Admin(cluster.Gateways[1]);
        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => ChatAsync(client, stream: true)));
        Assert.All(streams, stream => Assert.Equal(HttpStatusCode.OK, stream.StatusCode));
        await Wait.UntilAsync(async () => await InFlightAsync(admin) == Streams, $"{Streams} requests are in flight", Patience);

        await cluster.Gateways[0].Process.KillAsync();
        var killed = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(upstream.Requests.Select(request => request.Ended)).WaitAsync(Patience);
        await Wait.UntilAsync(async () => await InFlightAsync(admin) == 0, "none is in flight", Patience);
        output.WriteLine($"the slots of the dead gateway were free after {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:F1} s");
        upstream.Behaviour = Behaviour.Default;
        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => ChatAsync(other, stream: false)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Array.ForEach([.. streams, .. answers], answer => answer.Dispose());
    }

    private static JsonObject Narrow(ScriptedUpstream upstream)
    {
        var provider = ProgramOptions.Provider(Provider, "openai", new Uri(upstream.Url, "/v1"), Model);
        provider["ApiKey"] = ClusterUnderTest.UpstreamKey;
        provider["MaxConcurrency"] = Streams;
        return provider;
    }

    private static Task<HttpResponseMessage> ChatAsync(HttpClient client, bool stream) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = Model, stream, messages = new[] { new { role = "user", content = "Hello" } } }),
        },
        HttpCompletionOption.ResponseHeadersRead);

    private static async Task<int> InFlightAsync(HttpClient admin)
    {
        var provider = await admin.GetFromJsonAsync<JsonNode>($"/admin/v1/providers/{Provider}");
        return provider!["scores"]!.AsArray().Select(score => (int)score!["inFlight"]!).DefaultIfEmpty().Max();
    }
}

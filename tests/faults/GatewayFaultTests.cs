using System.Net;
using System.Net.Http.Json;
using System.Text;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Faults;

/// <summary>What clients see when a gateway is stopped, killed, or cut off.</summary>
public sealed class GatewayFaultTests
{
    [Fact]
    public async Task Gateway_StartedWithTheClusterDown_ServesFromItsLastSnapshot()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 1, gateways: 1);
        var gateway = cluster.Gateways[0];
        await cluster.AddProviderAsync("by-api", "api-model");
        var key = await cluster.CreateKeyAsync();
        await AnswersAsync(gateway.Data, key, "api-model");
        await gateway.Process.StopAsync();

        await cluster.Silos[0].Process.KillAsync();
        await cluster.Redis.KillAsync();
        await gateway.RestartAsync();

        await AnswersAsync(gateway.Data, key, ClusterUnderTest.Model);
        await AnswersAsync(gateway.Data, key, "api-model");
    }

    [Fact]
    public async Task Gateway_ToldToStopWithStreamsOpen_FinishesThemAll()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 1, gateways: 1);
        var gateway = cluster.Gateways[0];
        using var client = ClusterUnderTest.Client(gateway, cluster.AdminKey);
        var streams = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAsync(client)));

        var stopping = gateway.Process.StopAsync(TimeSpan.FromSeconds(60));
        var all = await Task.WhenAll(streams.Select(async stream =>
        {
            using (stream)
            {
                return await stream.ToEndAsync();
            }
        }));

        Assert.All(all, events => Assert.Equal("[DONE]", events[^1]));
        Assert.Equal(0, await stopping);
    }

    [Fact]
    public async Task Providers_WithTheClusterGone_AreToldToBeUnavailable()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 1, gateways: 1);
        await cluster.AddProviderAsync("by-api", "api-model");
        await cluster.Silos[0].Process.KillAsync();
        using var admin = cluster.Admin(cluster.Gateways[0]);
        (string Method, string Path, string? Body)[] calls =
        [
            ("GET", "", null),
            ("GET", "/by-api", null),
            ("POST", "", """{"name":"new","type":"openai","models":["m"]}"""),
            ("PUT", "/by-api", """{"type":"openai","models":["m"]}"""),
            ("PATCH", "/by-api", """{"weight":2}"""),
            ("POST", "/by-api/drain", null),
            ("DELETE", "/by-api", null),
        ];

        await Task.WhenAll(calls.Select(call => AssertUnavailableAsync(admin, call.Method, call.Path, call.Body)));
    }

    private static async Task AssertUnavailableAsync(HttpClient admin, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/admin/v1/providers" + path);
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");

        using var answer = await admin.SendAsync(request);

        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{method} {path}: {(int)answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);

        // A change is told of before it is made.
        Assert.Contains(method == "GET" ? "cluster_unavailable" : "audit_unavailable", text, StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static async Task<SseReader> OpenAsync(HttpClient client)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new
            {
                model = ClusterUnderTest.Model + "~events=30;between=100",
                stream = true,
                messages = new[] { new { role = "user", content = "Hello" } },
            }),
        };
        var answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var reader = new SseReader(await answer.Content.ReadAsStreamAsync());
        Assert.NotNull(await reader.NextAsync());
        return reader;
    }

    private static async Task AnswersAsync(Uri gateway, string key, string model)
    {
        using var client = TestHttp.Client(gateway);
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            using var answer = await client.PostAsJsonAsync(
                "/v1/chat/completions", new { model, messages = new[] { new { role = "user", content = "Hello" } } });
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            // A change reaches a gateway by the feed: soon, not at once.
            var body = await answer.Content.ReadAsStringAsync();
            Assert.False(deadline.IsCancellationRequested, $"{model}: {(int)answer.StatusCode} {body}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}

using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.ZeroConfiguration;

/// <summary>A process that was told nothing but its ports.</summary>
public sealed class ZeroConfigurationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_WithNothingConfigured_IsAnsweredByTheSimulatorWhichSaysSo()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var client = TestHttp.Client(silo.Data);
        var models = await client.GetFromJsonAsync<JsonNode>("/v1/models", Cancel);
        var model = (string)models!["data"]![0]!["id"]!;

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", new { model, messages = new[] { new { role = "user", content = "Hello" } } }, Cancel);

        var answer = await response.Content.ReadFromJsonAsync<JsonNode>(Cancel);
        Assert.True(response.IsSuccessStatusCode, answer!.ToJsonString());
        Assert.Equal("simulator", Assert.Single(response.Headers.GetValues("x-proxy-provider")));
        Assert.Contains("simulat", (string?)answer["choices"]![0]!["message"]!["content"], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("simulator", silo.Process.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task SecondProcess_OnTheSameData_RefusesInOneSentence()
    {
        await using var silo = await SiloProcess.StartAsync();
        await using var second = await SiloProcess.StartAsync(new() { Directory = silo.Directory, WaitUntilReady = false });

        await second.Process.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        Assert.NotEqual(0, second.Process.ExitCode);
        Assert.Contains(Path.Combine(silo.Directory, "data"), second.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Process.Output, StringComparison.Ordinal);
        await silo.WaitUntilReadyAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Stop_WithAStreamInFlight_FinishesItFirst()
    {
        var config = new JsonObject
        {
            ["Providers"] = new JsonArray(new JsonObject
            {
                ["Name"] = "slow",
                ["Type"] = "simulator",
                ["Models"] = new JsonArray("slow"),
                ["Simulator"] = new JsonObject { ["TokensPerSecond"] = 20, ["AnswerTokens"] = 30 },
            }),
        };
        await using var silo = await SiloProcess.StartAsync(new() { Config = config });
        using var client = TestHttp.Client(silo.Data);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "slow", stream = true, messages = new[] { new { role = "user", content = "Hello" } } }),
        };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var reader = new SseReader(await response.Content.ReadAsStreamAsync(Cancel));
        await reader.NextAsync(Cancel);

        var stopping = silo.Process.StopAsync();
        var rest = await reader.ToEndAsync(Cancel);

        Assert.Equal("[DONE]", rest[^1]);
        Assert.Equal(0, await stopping);
    }
}

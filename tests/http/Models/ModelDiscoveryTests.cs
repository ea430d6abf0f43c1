using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Models;

/// <summary>What providers tell of their models, and what clients see of it.</summary>
public sealed class ModelDiscoveryTests
{
    private const string List = """{"object":"list","data":[{"id":"gpt-4o-mini"},{"id":"gpt-new"},{"id":"whisper-1"}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ModelsThatAPatternServes_AreListed_AndOthersAreNot()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.GetBehaviour = new Behaviour { Body = List };
        await using var silo = await StartAsync(ProgramOptions.Provider("p", "openai", new Uri(upstream.Url, "/v1"), "gpt-*", "named"));
        using var client = TestHttp.Client(silo.Data);
        using var admin = TestHttp.Client(silo.Admin);

        var models = await ModelsAsync(client, static names => names.Contains("gpt-new"));
        var discovered = await admin.GetFromJsonAsync<JsonNode>("/admin/v1/providers/p/models", Cancel);

        Assert.Equal(["gpt-4o-mini", "gpt-new", "named"], models.Select(static model => (string)model["id"]!));
        Assert.Equal(128000, (int)models[0]["context_length"]!);
        Assert.Equal(["gpt-4o-mini", "gpt-new", "whisper-1"], discovered!["discovered"]!.AsArray().Select(static name => (string)name!));
        Assert.NotNull((string?)discovered["discoveredAt"]);
    }

    [Fact]
    public async Task ProviderWithoutAList_IsServedAllTheSame()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.GetBehaviour = new Behaviour { Status = 404, Body = "<html>" };
        await using var silo = await StartAsync(ProgramOptions.Provider("p", "openai", new Uri(upstream.Url, "/v1"), "*", "named"));
        using var client = TestHttp.Client(silo.Data);
        while (upstream.AllRequests.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }

        var models = await ModelsAsync(client, static _ => true);
        using var answer = await client.PostAsJsonAsync("/v1/chat/completions", new { model = "anything", messages = new[] { new { role = "user", content = "Hi" } } }, Cancel);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(["named"], models.Select(static model => (string)model["id"]!));
    }

    private static Task<SiloProcess> StartAsync(JsonObject provider) =>
        SiloProcess.StartAsync(new ProgramOptions { Config = new JsonObject { ["Providers"] = new JsonArray(provider) } });

    private static async Task<IReadOnlyList<JsonNode>> ModelsAsync(HttpClient client, Predicate<IReadOnlyCollection<string>> isReady)
    {
        while (true)
        {
            var list = await client.GetFromJsonAsync<JsonNode>("/v1/models", Cancel);
            var models = list!["data"]!.AsArray().Select(static model => model!).ToArray();
            if (isReady([.. models.Select(static model => (string)model["id"]!)]))
            {
                return models;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Budgets;

/// <summary>The product as one process, whose keys may each spend ten answers of the longest kind a day.</summary>
public sealed class BudgetFixture : IAsyncLifetime
{
    /// <summary>Its answers have at most 100 tokens and cost a cent each then; prompts are free.</summary>
    public const string Model = "cent-model";

    /// <summary>Its answers are long and cost nothing.</summary>
    public const string FreeModel = "free-model";

    /// <summary>Takes what is passed on unread: a cent for a hundred tokens of its answers, a tenth of it for prompts.</summary>
    public const string Painter = "painter";

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    public HttpClient Data { get; private set; } = null!;

    /// <summary>Sends the admin's key with each request.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var adminKey = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
        Upstream = await ScriptedUpstream.StartAsync();
        var provider = ProgramOptions.Provider("upstream", "openai", new Uri(Upstream.Url, "/v1"));
        provider["Models"] = new JsonArray(
            new JsonObject { ["Id"] = Model, ["MaxOutputTokens"] = 100, ["InputCostPerMillion"] = 0, ["OutputCostPerMillion"] = 100 },
            new JsonObject { ["Id"] = FreeModel },
            new JsonObject
            {
                ["Id"] = Painter,
                ["MaxOutputTokens"] = 100,
                ["InputCostPerMillion"] = 10,
                ["OutputCostPerMillion"] = 100,
                ["Capabilities"] = new JsonArray("images", "audio", "rerank"),
            });
        Gateway = await SiloProcess.StartAsync(new()
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(provider),
                ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = 0, ["RequestsPerHour"] = 0, ["StandardHeaders"] = true },
                ["Budgets"] = new JsonObject { ["Keys"] = new JsonObject { ["DollarsPerDay"] = 0.1, ["TokensPerMinute"] = 20_000 } },
                ["InputLimits"] = new JsonObject { ["MaxChoices"] = 4, ["MaxOutputTokens"] = 50_000 },
                ["Auth"] = new JsonObject
                {
                    ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = adminKey, ["Roles"] = new JsonArray("admin") }),
                },
            },
        });
        Data = TestHttp.Client(Gateway.Data);
        Admin = TestHttp.Client(Gateway.Admin);
        Admin.DefaultRequestHeaders.Add("Authorization", "Bearer " + adminKey);
    }

    public async ValueTask DisposeAsync()
    {
        Data?.Dispose();
        Admin?.Dispose();
        if (Gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Gateway.Process.Output);
            await Gateway.DisposeAsync();
        }

        await Upstream.DisposeAsync();
    }

    public async Task<(string Subject, string Key)> CreateKeyAsync()
    {
        using var created = await Admin.PostAsJsonAsync("/admin/v1/keys", new { name = "spender", roles = new[] { "user" } });
        var text = await created.Content.ReadAsStringAsync();
        Assert.True(created.StatusCode == HttpStatusCode.Created, $"{(int)created.StatusCode}: {text}");
        var body = JsonNode.Parse(text)!;
        return ("key:" + (string)body["publicId"]!, (string)body["key"]!);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults;

/// <summary>Invariant: no change without its record. While the store is gone there is neither.</summary>
public sealed class AuditFaultTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Change_WhileRedisIsGone_IsRefused_AndTheLogTellsOfItWhenItIsBack()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var silo = await SiloProcess.StartAsync(new()
        {
            Environment = new Dictionary<string, string?> { ["PC_TEST_AUDIT"] = new string('k', 40) },
            Config = new JsonObject
            {
                ["Cluster"] = new JsonObject { ["Redis"] = redis.ConnectionString },
                ["Audit"] = new JsonObject { ["Key"] = "${PC_TEST_AUDIT}" },
                ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "sim", ["Type"] = "simulator" }),
            },
        });
        using var admin = TestHttp.Client(silo.Admin);
        await AddAsync(admin, "before", HttpStatusCode.Created);
        await redis.KillAsync();

        await AddAsync(admin, "meanwhile", HttpStatusCode.ServiceUnavailable);
        using (var events = await admin.GetAsync("/admin/v1/security/events"))
        {
            Assert.Equal(HttpStatusCode.OK, events.StatusCode);
        }

        await redis.RestartAsync();
        await Wait.UntilAsync(
            async () => await OutcomesAsync(admin) is { } outcomes && outcomes.Contains("refused:audit_unavailable"), "the log tells of the refused change", Patience);
        using var gone = await admin.GetAsync("/admin/v1/providers/meanwhile");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await AddAsync(admin, "after", HttpStatusCode.Created);

        var verify = ChildProcess.Start(
            RepositoryPaths.Silo,
            ["audit", "verify", "--config", silo.ConfigFile, "--url", silo.Admin.ToString()],
            new Dictionary<string, string?> { ["PC_TEST_AUDIT"] = new string('k', 40) });
        await using (verify)
        {
            await verify.Exited.WaitAsync(Patience);
            Assert.True(verify.ExitCode == 0, verify.Output + verify.Errors);
        }
    }

    private static async Task AddAsync(HttpClient admin, string name, HttpStatusCode expected)
    {
        using var added = await admin.PostAsJsonAsync("/admin/v1/providers", new { name, type = "simulator" });
        Assert.True(expected == added.StatusCode, $"{(int)added.StatusCode}: {await added.Content.ReadAsStringAsync()}");
    }

    // The log's grain may have to be activated anew, which takes its store.
    private static async Task<List<string?>?> OutcomesAsync(HttpClient admin)
    {
        using var answer = await admin.GetAsync("/admin/v1/audit?limit=1000");
        return answer.IsSuccessStatusCode
            ? [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!.AsArray().Select(record => (string?)record!["outcome"])]
            : null;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Audit;

/// <summary>An address of anchors that nothing may be sent to.</summary>
public sealed class AnchorAddressTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Anchor_ForAMetadataService_IsNotSent_AndIsASecurityEvent()
    {
        var key = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Auth"] = new JsonObject { ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = key, ["Roles"] = new JsonArray("admin") }) },
                ["Audit"] = new JsonObject { ["Anchors"] = new JsonObject { ["PeriodSeconds"] = 1, ["Url"] = "http://169.254.169.254/latest/meta-data" } },
            },
        });
        using var admin = TestHttp.Client(silo.Admin);
        admin.DefaultRequestHeaders.Add("Authorization", "Bearer " + key);
        using var made = await admin.PostAsJsonAsync("/admin/v1/teams", new { id = "anchored" }, Cancel);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        await Wait.UntilAsync(
            async () => (await admin.GetStringAsync("/admin/v1/security/events?type=upstream_forbidden", Cancel)).Contains("169.254.169.254", StringComparison.Ordinal),
            "the anchor is refused",
            TimeSpan.FromSeconds(20));
    }
}

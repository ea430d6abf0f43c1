using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Names that were made to lead to a gateway's listeners (DNS rebinding): it answers for its own alone.</summary>
public sealed class AllowedHostTests(AllowedHostTests.Named gateway) : IClassFixture<AllowedHostTests.Named>
{
    [Theory]
    [InlineData("gateway.example", 401)]
    [InlineData("GATEWAY.example:8081", 401)]
    [InlineData("10.0.0.1", 401)]
    [InlineData("[fd00::1]:80", 401)]
    [InlineData("127.0.0.1", 401)]
    [InlineData("localhost", 401)]
    [InlineData("evil.example", 403)]
    [InlineData("gateway.example.evil.example", 403)]
    [InlineData("xgateway.example", 403)]
    [InlineData("gateway.example.", 403)]
    [InlineData("127.0.0.1.evil.example", 403)]
    [InlineData("10.0.0.2", 403)]
    public async Task Host_IsAnsweredOnBothListenersOnlyWhereItIsListed(string host, int expected)
    {
        foreach (var (listener, path) in new[] { (gateway.Silo.Data, "/v1/models"), (gateway.Silo.Admin, "/admin/v1/providers"), (gateway.Silo.Admin, "/dashboard/") })
        {
            using var client = await RawHttp.ConnectAsync(listener);
            await client.SendAsync($"GET {path} HTTP/1.1\r\nhost: {host}\r\nx-forwarded-host: gateway.example\r\n\r\n");

            var response = await client.ReadResponseAsync();

            Assert.True(response?.Status == expected, $"{path} for {host} was answered {response?.Status}: {response?.Body}");
        }
    }

    public sealed class Named : GatewayOverOne
    {
        private protected override JsonObject Config() => new()
        {
            ["Listen"] = new JsonObject { ["AllowedHosts"] = new JsonArray("gateway.example", "10.0.0.1", "[fd00::1]") },
            ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "sim", ["Type"] = "simulator" }),
            ["Auth"] = new JsonObject
            {
                ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes)), ["Roles"] = new JsonArray("admin") }),
            },
        };
    }
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Keys;

/// <summary>The product as one process that asks for keys, with the limits it comes with.</summary>
public sealed class KeyedGatewayFixture : IAsyncLifetime
{
    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    public HttpClient Data { get; private set; } = null!;

    /// <summary>Sends the admin's key with each request.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>A key of the file with the role <c>admin</c>.</summary>
    public string AdminKey { get; } = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));

    public async ValueTask InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        Gateway = await SiloProcess.StartAsync(new()
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(ProgramOptions.Provider("upstream", "openai", new Uri(Upstream.Url, "/v1"), "gpt-4o")),
                ["Auth"] = new JsonObject
                {
                    ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = AdminKey, ["Roles"] = new JsonArray("admin") }),
                },

                // Tests of wrong keys all come from one address.
                ["RateLimits"] = new JsonObject { ["Address"] = new JsonObject { ["FailedAuthenticationsPerMinute"] = 0 } },
            },
        });
        Data = TestHttp.Client(Gateway.Data);
        Admin = TestHttp.Client(Gateway.Admin);
        Admin.DefaultRequestHeaders.Add("Authorization", "Bearer " + AdminKey);
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
}

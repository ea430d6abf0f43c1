using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.Silo.Hosting;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>The product in this process, so that its endpoints can be listed, with an issuer whose tokens have any role.</summary>
public sealed class GuardedGatewayFixture : IAsyncLifetime
{
    public const string Model = "m";

    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pc-guarded-");
    private WebApplication? _app;

    public Uri DataAddress { get; } = new($"http://127.0.0.1:{FreePorts.Next()}");

    public Uri AdminAddress { get; } = new($"http://127.0.0.1:{FreePorts.Next()}");

    public Uri OpsAddress { get; } = new($"http://127.0.0.1:{FreePorts.Next()}");

    public HttpClient Data { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>How many security events of a type there were.</summary>
    public long CountOf(SecurityEventType type) =>
        _app!.Services.GetRequiredService<SecurityEvents>().Latest().Where(one => one.Type == type).Sum(static one => one.Count);

    /// <summary>A token of a role; an empty role: one that may do nothing.</summary>
    /// <param name="role">The role.</param>
    /// <param name="lifeSeconds">How long it is good for.</param>
    /// <param name="more">Claims beside the usual ones, or in their place.</param>
    public static string Token(string role, double lifeSeconds = 3600, JsonObject? more = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = "issuer",
            ["aud"] = "gateway",
            ["sub"] = "somebody",
            ["exp"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + (long)lifeSeconds,
            ["roles"] = role.Length == 0 ? new JsonArray() : new JsonArray(role),
        };
        foreach (var (name, value) in more ?? [])
        {
            claims[name] = value?.DeepClone();
        }

        var text = $"{Encode("""{"alg":"HS256","typ":"JWT"}""")}.{Encode(claims.ToJsonString())}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(text)))}";
    }

    public async ValueTask InitializeAsync()
    {
        var file = Path.Combine(_directory.FullName, "proxycluster.json");
        await File.WriteAllTextAsync(file, Config().ToJsonString());
        _app = SiloApplication.Create(["--config", file]);
        await _app.StartAsync();
        Data = TestHttp.Client(DataAddress);
        Admin = TestHttp.Client(AdminAddress);
    }

    public async ValueTask DisposeAsync()
    {
        Data?.Dispose();
        Admin?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private JsonObject Config() => new()
    {
        ["Listen"] = new JsonObject { [nameof(Data)] = Text(DataAddress), [nameof(Admin)] = Text(AdminAddress), ["Ops"] = Text(OpsAddress), ["DrainSeconds"] = 1 },
        ["Cluster"] = new JsonObject { ["SiloPort"] = FreePorts.Next(), ["GatewayPort"] = FreePorts.Next(), ["DataDirectory"] = Path.Combine(_directory.FullName, "data") },
        ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "p", ["Type"] = "simulator", ["Models"] = new JsonArray(Model) }),
        ["Auth"] = new JsonObject
        {
            ["Jwt"] = new JsonArray(new JsonObject { ["Issuer"] = "issuer", ["Audience"] = "gateway", ["Secret"] = Secret }),
        },
        ["RateLimits"] = new JsonObject
        {
            ["RequestsPerMinute"] = 0,
            ["RequestsPerHour"] = 0,

            // Whole tables of wrong credentials come from one address.
            ["Address"] = new JsonObject { ["FailedAuthenticationsPerMinute"] = 0 },
        },
        ["Telemetry"] = new JsonObject { ["LogLevel"] = "Error" },
    };

    private static string Text(Uri address) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{address.Port}");
}

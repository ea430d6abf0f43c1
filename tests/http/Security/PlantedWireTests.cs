using System.Net.Http.Json;
using System.Text;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Who listens in between gateways, silos and Redis, or takes a dump of a silo, learns no provider's key.</summary>
public sealed class PlantedWireTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private PlantedCluster _cluster = null!;
    private WireTap _tap = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PlantedCluster.StartAsync(cluster => _tap = WireTap.Start(cluster.Redis.Port, cluster.Ports.Silo, cluster.Ports.Gateway));
        using var admin = TestHttp.Client(_cluster.Gateway.Admin);
        admin.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + _cluster.Secrets["client key"]);
        using var made = await _cluster.AddProviderAsync(admin, Cancel);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Cancel));
        using var client = TestHttp.Client(_cluster.Gateway.Data);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + _cluster.Secrets["client key"]);
        await Wait.UntilAsync(async () => await StatusAsync(client, "api-model") == 200, "the provider of the API is served", Patience);
        foreach (var model in new[] { "openai-model", "anthropic-model", "gemini-model", "aws-model", "file-model", "unknown-model" })
        {
            await StatusAsync(client, model);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _tap?.Dispose();
        await (_cluster?.DisposeAsync() ?? default);
    }

    [Fact]
    public void Wire_BetweenGatewaySiloAndRedis_CarriesNoSecret()
    {
        var redis = Encoding.Latin1.GetString(_tap.Content(_cluster.Redis.Port));
        var silo = Encoding.Latin1.GetString(_tap.Content(_cluster.Ports.Gateway));
        Assert.Equal(0, _tap.Lost);

        // What is stored and sent is there, sealed; so it would be seen.
        Assert.All([redis, silo], static wire => Assert.Contains("sealed:1:", wire, StringComparison.Ordinal));
        Assert.All([redis, silo], static wire => Assert.Contains("of-the-api", wire, StringComparison.Ordinal));

        // Redis is told its own password, as it asks for it.
        Assert.Equal([], Found(redis).Except(["Redis password"]));
        Assert.Equal([], Found(silo));
    }

    [Fact]
    public void Memory_OfASilo_HoldsNoSecretButThoseThatItUses()
    {
        var silo = Find(_cluster.Silo);
        var gateway = Find(_cluster.Gateway);

        Assert.Equal(["Redis password", "audit key", "pepper", "previous pepper"], silo);

        // What sends keys has them: seen where they are, they would be seen in the silo.
        Assert.Superset(new HashSet<string> { "OpenAI key", "key of the API", "header of the API", "KEK" }, gateway.ToHashSet());
    }

    private static async Task<int> StatusAsync(HttpClient client, string model)
    {
        var message = new { model, messages = new[] { new { role = "user", content = "Hello" } } };
        using var answer = await client.PostAsJsonAsync("/v1/chat/completions", message, Cancel);
        return (int)answer.StatusCode;
    }

    private string[] Found(string wire) =>
    [
        .. from secret in _cluster.Secrets where SecretTraces.Of(secret.Value).Any(trace => wire.Contains(trace, StringComparison.Ordinal)) select secret.Key,
    ];

    private string[] Find(ProgramUnderTest program)
    {
        try
        {
            return [.. ProcessMemory.Find(program.Process.Id, _cluster.Secrets.ToDictionary(static secret => secret.Key, static secret => secret.Value[^24..])).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException fault)
        {
            Requirement.That(false, $"This process may not read the memory of another (ptrace): {fault.Message}");
            throw;
        }
    }
}

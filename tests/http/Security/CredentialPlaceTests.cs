using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.Tests.Http.ConnectionPools;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>A request that was led elsewhere after its provider was chosen takes the provider's key nowhere (RELIABILITY S3).</summary>
public sealed class CredentialPlaceTests
{
    [Theory]
    [InlineData("http://127.0.0.1:{1}/v1/models")]
    [InlineData("http://{0}:{2}/v1/models")]
    [InlineData("https://{0}:{1}/v1/models")]
    [InlineData("http://{0}@127.0.0.1:{1}/v1/models")]
    [InlineData("http://{0}.example:{1}/v1/models")]
    [InlineData("http://sub.{0}:{1}/v1/models")]
    public async Task Address_ChangedAfterTheChoice_IsRefusedAndNotConnectedTo(string address)
    {
        await using var own = new TrapListener();
        await using var other = new TrapListener();
        await using var pools = new PoolCase();
        pools.CurrentValue.Outbound.AllowPrivate.Add("127.0.0.0/8");
        pools.Addresses = ["127.0.0.1"];
        var definition = new ProviderDefinition
        {
            Name = "p",
            Type = "openai",
            BaseUrl = $"http://{HeldUpstream.Name}:{own.Port}/v1",
            Source = DefinitionSource.File,
        };
        Assert.True(pools.Clients.TryEnter(definition, out var client, out var fault), fault);
        using var message = client.Adapter.CreateHealthCheck(client.TargetFor(new ModelDefinition { Id = "m" }, "m") with { Key = new Secret("upstream-key") });
        Assert.Equal("Bearer upstream-key", message.Headers.GetValues("Authorization").Single());

        message.RequestUri = new Uri(string.Format(System.Globalization.CultureInfo.InvariantCulture, address, HeldUpstream.Name, own.Port, other.Port));

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(message, PoolCase.Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAfreshAsync(message, PoolCase.Cancel));
        Assert.Equal((0, 0), (own.Connections, other.Connections));
        client.Exit();
    }
}

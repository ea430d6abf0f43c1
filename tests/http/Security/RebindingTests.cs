using System.Net.Sockets;
using ProxyCluster.Core.Outbound;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Outbound;
using ProxyCluster.Tests.Http.ConnectionPools;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>A name service in league with the attacker: what was judged is what is connected to.</summary>
public sealed class RebindingTests
{
    private const string Allowed = "127.0.0.1";
    private const string Forbidden = "127.0.0.2";

    [Fact]
    public async Task Name_ThatLeadsElsewhereLater_IsJudgedAnew()
    {
        await using var trap = new TrapListener();
        await using var pools = new PoolCase();
        pools.CurrentValue.Outbound.AllowPrivate.Add(Allowed);
        var definition = Define(trap.Port);
        pools.Addresses = [Allowed];
        await AskAsync(pools, definition);
        var connections = trap.Connections;
        Assert.InRange(connections, 1, 100);

        pools.Addresses = [Forbidden];
        pools.Clock.Advance(TimeSpan.FromHours(1));
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(pools, definition with { Version = 2 }));

        Assert.True(UpstreamForbiddenException.IsBehind(fault), fault.ToString());
        Assert.Equal(connections, trap.Connections);
    }

    [Theory]
    [InlineData(Allowed, Forbidden)]
    [InlineData(Forbidden, Allowed)]
    [InlineData("8.8.8.8", "169.254.169.254")]
    [InlineData("8.8.8.8", "::ffff:10.0.0.1")]
    public async Task Name_ThatLeadsToOneForbiddenAddressAmongOthers_IsConnectedToNowhere(params string[] addresses)
    {
        await using var trap = new TrapListener();
        await using var pools = new PoolCase();
        pools.CurrentValue.Outbound.AllowPrivate.Add(Allowed);
        pools.Addresses = addresses;

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(pools, Define(trap.Port)));

        Assert.True(UpstreamForbiddenException.IsBehind(fault), fault.ToString());
        Assert.Equal(0, trap.Connections);
    }

    [Theory]
    [InlineData("169.254.169.254", HostReach.Private, false)]
    [InlineData(Forbidden, HostReach.Public, false)]
    [InlineData(Forbidden, HostReach.Private, true)]
    public async Task Handler_ForAnythingElseThanProviders_IsGuardedToo(string address, HostReach reach, bool isReached)
    {
        await using var trap = new TrapListener();
        await using var pools = new PoolCase();
        pools.Addresses = [address];
        var uri = new Uri($"http://{HeldUpstream.Name}:{trap.Port}/keys");
        using var handler = pools.Handlers.Create(HostKey.Of(uri, "none", null, TimeSpan.FromSeconds(5)) with { Reach = reach }, out _)!;
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using var message = new HttpRequestMessage(HttpMethod.Get, uri);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => invoker.SendAsync(message, PoolCase.Cancel));

        Assert.Equal((isReached, !isReached), (trap.Connections > 0, UpstreamForbiddenException.IsBehind(fault)));
    }

    [Fact]
    public async Task Providers_OfFileAndApi_ShareNoConnections()
    {
        await using var trap = new TrapListener();
        await using var pools = new PoolCase();
        pools.Know(Define(trap.Port) with { Name = "of-the-file", Source = DefinitionSource.File });
        pools.Know(Define(trap.Port));

        Assert.Equal([HostReach.Private, HostReach.Public], pools.Hosts.All.Select(pool => pool.Key.Reach).OrderDescending());
    }

    private static ProviderDefinition Define(int port) => new()
    {
        Name = "p",
        Type = "openai",
        BaseUrl = $"http://{HeldUpstream.Name}:{port}/v1",
        Source = DefinitionSource.Api,
    };

    // The trap closes what it has counted: only that it was reached matters.
    private static async Task AskAsync(PoolCase pools, ProviderDefinition definition)
    {
        Assert.True(pools.Clients.TryEnter(definition, out var client, out var fault), fault);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(client.BaseUri, "models"));
            using var response = await client.SendAsync(message, PoolCase.Cancel);
        }
        catch (HttpRequestException exception) when (!UpstreamForbiddenException.IsBehind(exception))
        {
            Assert.True(exception is { InnerException: IOException or SocketException }, exception.ToString());
        }
        finally
        {
            client.Exit();
        }
    }
}

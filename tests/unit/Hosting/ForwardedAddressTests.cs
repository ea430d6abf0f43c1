using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.Tests.Unit.Hosting;

/// <summary>Whose word for a client's address is taken.</summary>
public sealed class ForwardedAddressTests
{
    private const string Proxy = "10.0.0.9";
    private const string Outer = "10.0.0.8";
    private const string Client = "203.0.113.7";

    [Theory]
    [InlineData(Client, "1.2.3.4", Client)]
    [InlineData(Client, "1.2.3.4, 10.0.0.9", Client)]
    [InlineData(Proxy, null, Proxy)]
    [InlineData(Proxy, Client, Client)]
    [InlineData("::ffff:10.0.0.9", Client, Client)]
    [InlineData(Proxy, "1.2.3.4, " + Client, Client)]
    [InlineData(Proxy, "9.9.9.9, 1.2.3.4, " + Client, Client)]
    [InlineData(Proxy, Client + ":4711", Client)]
    [InlineData(Proxy, "[2606:4700::1]:4711", "2606:4700::1")]
    [InlineData(Proxy, "2606:4700::1", "2606:4700::1")]
    [InlineData(Proxy, "1.2.3.4, garbage", Proxy)]
    [InlineData(Proxy, "garbage", Proxy)]
    [InlineData(Proxy, "", Proxy)]
    [InlineData(Proxy, "unknown, _hidden", Proxy)]
    [InlineData(Proxy, "1.2.3.4, " + Outer, Outer)]
    public async Task Address_BehindOneProxy_IsTheOneItSaw(string connection, string? header, string expected) =>
        Assert.Equal(IPAddress.Parse(expected), Plain(await AddressAsync(1, connection, header)));

    [Theory]
    [InlineData(Client + ", " + Outer, Client)]
    [InlineData("1.2.3.4, " + Client + ", " + Outer, Client)]
    [InlineData("1.2.3.4, " + Client, Client)]
    [InlineData("1.2.3.4, 10.0.0.7, " + Outer, "10.0.0.7")]
    public async Task Address_BehindTwoProxies_IsTheOneTheOuterSaw(string header, string expected) =>
        Assert.Equal(IPAddress.Parse(expected), Plain(await AddressAsync(2, Proxy, header)));

    [Fact]
    public async Task Address_WithoutKnownProxies_IsTheConnections()
    {
        var address = await AddressAsync(1, "127.0.0.1", Client, known: []);

        Assert.Equal(IPAddress.Loopback, address);
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static async Task<IPAddress> AddressAsync(int limit, string connection, string? header, params string[] known)
    {
        var listen = new ListenOptions { ForwardLimit = limit };
        foreach (var entry in known)
        {
            listen.KnownProxies.Add(entry);
        }

        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        app.UseForwardedAddress(listen);
        var context = new DefaultHttpContext { RequestServices = services };
        context.Connection.RemoteIpAddress = IPAddress.Parse(connection);
        if (header is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = header;
        }

        await app.Build()(context);
        return context.Connection.RemoteIpAddress!;
    }

    private static Task<IPAddress> AddressAsync(int limit, string connection, string? header) => AddressAsync(limit, connection, header, "10.0.0.8/31");
}

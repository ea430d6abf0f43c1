using System.Net;
using System.Net.Sockets;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.Tests.Unit.Storage;

public sealed class PortProbeTests
{
    [Fact]
    public void Port_OfAListenerThatShares_IsNotFree()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        Assert.False(PortProbe.IsFree(IPAddress.Loopback, port));
        Assert.True(PortProbe.NextFree(IPAddress.Loopback, port) > port);
    }

    [Fact]
    public void Port_OfNobody_IsFree()
    {
        var port = PortProbe.AnyFree(IPAddress.Loopback);

        Assert.True(PortProbe.IsFree(IPAddress.Loopback, port));
    }
}

using System.Net;
using ProxyCluster.Core.Outbound;

namespace ProxyCluster.Tests.Unit.Outbound;

public sealed class AddressKindsTests
{
    [Theory]
    [InlineData("8.8.8.8", AddressKind.Public)]
    [InlineData("172.15.255.255", AddressKind.Public)]
    [InlineData("172.32.0.0", AddressKind.Public)]
    [InlineData("100.63.255.255", AddressKind.Public)]
    [InlineData("100.128.0.0", AddressKind.Public)]
    [InlineData("2606:4700::1111", AddressKind.Public)]
    [InlineData("64:ff9b::808:808", AddressKind.Public)]
    [InlineData("::ffff:8.8.8.8", AddressKind.Public)]
    [InlineData("0.0.0.0", AddressKind.Private)]
    [InlineData("0.1.2.3", AddressKind.Private)]
    [InlineData("10.0.0.1", AddressKind.Private)]
    [InlineData("100.64.0.1", AddressKind.Private)]
    [InlineData("127.0.0.1", AddressKind.Private)]
    [InlineData("127.255.255.255", AddressKind.Private)]
    [InlineData("172.16.0.1", AddressKind.Private)]
    [InlineData("172.31.255.255", AddressKind.Private)]
    [InlineData("192.168.0.1", AddressKind.Private)]
    [InlineData("198.18.0.1", AddressKind.Private)]
    [InlineData("::", AddressKind.Private)]
    [InlineData("::1", AddressKind.Private)]
    [InlineData("::ffff:127.0.0.1", AddressKind.Private)]
    [InlineData("::127.0.0.1", AddressKind.Private)]
    [InlineData("64:ff9b::7f00:1", AddressKind.Private)]
    [InlineData("64:ff9b:1::1", AddressKind.Private)]
    [InlineData("2002:7f00:1::", AddressKind.Private)]
    [InlineData("2001:0:4137:9e76::1", AddressKind.Private)]
    [InlineData("fc00::1", AddressKind.Private)]
    [InlineData("fdff::1", AddressKind.Private)]
    [InlineData("169.254.169.254", AddressKind.Closed)]
    [InlineData("::ffff:169.254.169.254", AddressKind.Closed)]
    [InlineData("64:ff9b::a9fe:a9fe", AddressKind.Closed)]
    [InlineData("100.100.100.200", AddressKind.Closed)]
    [InlineData("168.63.129.16", AddressKind.Closed)]
    [InlineData("192.0.0.192", AddressKind.Closed)]
    [InlineData("fd00:ec2::254", AddressKind.Closed)]
    [InlineData("fe80::1", AddressKind.Closed)]
    [InlineData("fe80::1%1", AddressKind.Closed)]
    [InlineData("224.0.0.1", AddressKind.Closed)]
    [InlineData("255.255.255.255", AddressKind.Closed)]
    [InlineData("ff02::1", AddressKind.Closed)]
    public void Address_LeadsTo(string address, AddressKind kind) => Assert.Equal(kind, AddressKinds.Of(IPAddress.Parse(address)));

    [Theory]
    [InlineData("a.example", "10.1.2.3", HostReach.Private, true)]
    [InlineData("a.example", "10.1.2.3", HostReach.Public, true)]
    [InlineData("a.example", "::ffff:10.1.2.3", HostReach.Public, true)]
    [InlineData("a.example", "11.1.2.3", HostReach.Public, true)]
    [InlineData("a.example", "192.168.1.1", HostReach.Public, false)]
    [InlineData("a.example", "192.168.1.1", HostReach.Private, true)]
    [InlineData("a.example", "169.254.169.254", HostReach.Private, false)]
    [InlineData("Named.example", "169.254.169.254", HostReach.Public, true)]
    [InlineData("not.named.example", "192.168.1.1", HostReach.Public, false)]
    public void Connection_IsPermitted(string host, string address, HostReach reach, bool isPermitted) =>
        Assert.Equal(isPermitted, AllowedHosts.Of(["10.0.0.0/8", "named.example"]).Permit(host, IPAddress.Parse(address), reach));

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("fd00::/8", true)]
    [InlineData("::1", true)]
    [InlineData("ollama.internal", true)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("http://ollama", false)]
    [InlineData("*.internal", false)]
    [InlineData("", false)]
    public void Entry_IsOne(string entry, bool isOne) => Assert.Equal(isOne, AllowedHosts.IsEntry(entry));
}

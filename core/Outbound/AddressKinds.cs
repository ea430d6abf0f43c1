using System.Net;
using System.Net.Sockets;

namespace ProxyCluster.Core.Outbound;

/// <summary>Tells what an address leads to, by IANA's registries of special addresses (RFC 6890 and its updates; RELIABILITY S2).</summary>
public static class AddressKinds
{
    // Metadata services that a cloud has outside link-local networks: AWS over IPv6, Alibaba, Oracle, Azure.
    private static readonly IPAddress[] Metadata =
        [IPAddress.Parse("fd00:ec2::254"), IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192"), IPAddress.Parse("168.63.129.16")];

    // Link-local, multicast, and what is reserved up to the broadcast address.
    private static readonly IPNetwork[] Closed4 = Networks("169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4");

    private static readonly IPNetwork[] Private4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24");

    private static readonly IPNetwork[] Closed6 = Networks("fe80::/10", "fec0::/10", "ff00::/8");

    // Tunnels and documentation: they hold another address, or none that anybody answers at.
    private static readonly IPNetwork[] Private6 = Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");
    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    // What a translator makes of an IPv4 address (RFC 6052), and the form that old texts have for one.
    private static readonly IPNetwork[] Embedding6 = Networks("64:ff9b::/96", "::/96");

    /// <summary>What an address leads to.</summary>
    /// <param name="address">Version 4 or 6; a version 4 address within a version 6 one counts as itself.</param>
    public static AddressKind Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return Metadata.Contains(address) || Holds(Closed4, address) ? AddressKind.Closed
                : Holds(Private4, address) ? AddressKind.Private
                : AddressKind.Public;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return Of(address.MapToIPv4());
        }

        // Without the zone of an interface, which no network counts.
        var octets = address.GetAddressBytes();
        var bare = new IPAddress(octets);
        if (IPAddress.IPv6Any.Equals(bare) || IPAddress.IPv6Loopback.Equals(bare))
        {
            return AddressKind.Private;
        }

        if (Holds(Embedding6, bare))
        {
            return Of(new IPAddress(octets.AsSpan(12)));
        }

        return Metadata.Contains(bare) || Holds(Closed6, bare) ? AddressKind.Closed
            : Global6.Contains(bare) && !Holds(Private6, bare) ? AddressKind.Public
            : AddressKind.Private;
    }

    private static bool Holds(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IPNetwork[] Networks(params ReadOnlySpan<string> texts)
    {
        var networks = new IPNetwork[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            networks[i] = IPNetwork.Parse(texts[i]);
        }

        return networks;
    }
}

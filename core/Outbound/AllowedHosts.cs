using System.Collections.Frozen;
using System.Net;

namespace ProxyCluster.Core.Outbound;

/// <summary>What an operator lets every connection go to (<c>Outbound:AllowPrivate</c>): networks, addresses, names of hosts.</summary>
public sealed class AllowedHosts
{
    private readonly FrozenSet<string> _names;
    private readonly IPNetwork[] _networks;

    private AllowedHosts(FrozenSet<string> names, IPNetwork[] networks) => (_names, _networks) = (names, networks);

    /// <summary>Reads the entries; one that is none of the three is passed over.</summary>
    /// <param name="entries">As configured.</param>
    public static AllowedHosts Of(IEnumerable<string> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        List<IPNetwork> networks = [];
        List<string> names = [];
        foreach (var entry in entries)
        {
            if (ReadNetwork(entry) is { } network)
            {
                networks.Add(network);
            }
            else
            {
                names.Add(entry);
            }
        }

        return new(names.ToFrozenSet(StringComparer.OrdinalIgnoreCase), [.. networks]);
    }

    /// <summary>Whether a text is an entry: <c>10.0.0.0/8</c>, <c>::1</c>, <c>ollama.internal</c>.</summary>
    /// <param name="entry">As configured.</param>
    public static bool IsEntry(string entry) =>
        ReadNetwork(entry) is not null
        || (Uri.CheckHostName(entry) == UriHostNameType.Dns && entry.Any(char.IsAsciiLetter));

    /// <summary>A network, or an address as a network of one; <see langword="null"/>: it is neither.</summary>
    /// <param name="entry">As configured.</param>
    public static IPNetwork? ReadNetwork(string entry) =>
        IPNetwork.TryParse(entry, out var network) ? network
        : IPAddress.TryParse(entry, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;

    /// <summary>Whether a host, or the address that it leads to, is among them.</summary>
    /// <param name="host">The name that was looked up, or the address as text.</param>
    /// <param name="address">Where it leads.</param>
    public bool Contain(string host, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _names.Contains(host) || Array.Exists(_networks, network => network.Contains(plain));
    }

    /// <summary>Whether a connection may go to an address.</summary>
    /// <param name="host">The name that was looked up, or the address as text.</param>
    /// <param name="address">Where it leads.</param>
    /// <param name="reach">How far the connection may go.</param>
    public bool Permit(string host, IPAddress address, HostReach reach) => AddressKinds.Of(address) switch
    {
        AddressKind.Public => true,
        AddressKind.Private when reach == HostReach.Private => true,
        _ => Contain(host, address),
    };
}

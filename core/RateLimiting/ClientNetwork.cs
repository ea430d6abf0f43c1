using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>What one client can be told apart by: an IPv4 address, or an IPv6 /64, all of which one subscriber has.</summary>
/// <param name="Bits">IPv6 bits, IPv4 as a mapped address.</param>
public readonly record struct ClientNetwork(UInt128 Bits)
{
    private static readonly UInt128 Network = UInt128.MaxValue << 64;

    /// <summary>The network of an address.</summary>
    public static ClientNetwork Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
        {
            address.TryWriteBytes(bytes, out _);
            return new(BinaryPrimitives.ReadUInt128BigEndian(bytes) & Network);
        }

        // Mapped addresses differ in their last 32 bits only, so that all of those are kept.
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}

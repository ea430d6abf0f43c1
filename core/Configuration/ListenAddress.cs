using System.Globalization;
using System.Net;

namespace ProxyCluster.Core.Configuration;

/// <summary>Where a listener binds, read from <c>http://address:port</c> or <c>https://address:port</c>.</summary>
/// <param name="Address">A local address; <see cref="IPAddress.IPv6Any"/> and <see cref="IPAddress.Any"/>: all of them.</param>
/// <param name="Port">0: one that is free.</param>
/// <param name="IsTls">Whether it speaks TLS.</param>
public readonly record struct ListenAddress(IPAddress Address, int Port, bool IsTls)
{
    /// <summary>Only this machine reaches it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>What to bind to.</summary>
    public IPEndPoint EndPoint => new(Address, Port);

    /// <summary>Reads an address. Names other than <c>localhost</c>, <c>*</c> and <c>+</c> are refused: they could resolve to anything.</summary>
    /// <param name="text">What is configured.</param>
    /// <param name="address">The address, if it is one.</param>
    public static bool TryParse(string? text, out ListenAddress address)
    {
        address = default;
        const string Plain = "http://";
        const string Tls = "https://";
        var isTls = text?.StartsWith(Tls, StringComparison.OrdinalIgnoreCase) ?? false;
        if (text is null || !(isTls || text.StartsWith(Plain, StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        var rest = text.AsSpan(isTls ? Tls.Length : Plain.Length).TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535)
        {
            return false;
        }

        var host = rest[..colon];
        if (host is "*" or "+")
        {
            address = new(IPAddress.Any, port, isTls);
            return true;
        }

        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            address = new(IPAddress.Loopback, port, isTls);
            return true;
        }

        var bracketed = host is ['[', .., ']'];
        if (!IPAddress.TryParse(bracketed ? host[1..^1] : host, out var ip) || bracketed != (ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6))
        {
            return false;
        }

        address = new(ip, port, isTls);
        return true;
    }
}

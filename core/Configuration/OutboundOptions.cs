namespace ProxyCluster.Core.Configuration;

/// <summary>How this process reaches providers, where a provider itself does not say.</summary>
public sealed class OutboundOptions
{
    /// <summary>The proxy that the process's environment names.</summary>
    public const string ProxyOfEnvironment = "environment";

    /// <summary>No proxy, though there be one for the others.</summary>
    public const string NoProxy = "none";

    /// <summary>A URL without credentials, <c>environment</c> (<c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>NO_PROXY</c>), or <c>none</c>. Default <c>none</c>.</summary>
    public string Proxy { get; set; } = NoProxy;

    /// <summary><c>user:password</c> for the proxy, as <c>${NAME}</c> or <c>file:/path</c>; <c>null</c>: none.</summary>
    [SecretValue]
    public string? ProxyCredentials { get; set; }

    /// <summary>A PEM file of certificate authorities that are trusted beside the system's; <c>null</c>: none.</summary>
    public string? CertificateAuthorities { get; set; }

    /// <summary>
    /// Private networks (<c>10.0.0.0/8</c>), addresses and names of hosts that providers may have which are made through the API.
    /// What the file defines may be private without it; link-local addresses, where clouds have their metadata services, take
    /// it always.
    /// </summary>
    public IList<string> AllowPrivate { get; } = [];

    /// <summary>Whether a text can stand for a proxy.</summary>
    /// <param name="text">As configured.</param>
    public static bool IsProxy(string text) =>
        text is ProxyOfEnvironment or NoProxy
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https" or "socks5") && uri.Host.Length > 0 && uri.UserInfo.Length == 0);
}

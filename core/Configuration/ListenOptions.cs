using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>The process's listeners, as <c>http://address:port</c>, or <c>https://address:port</c> with <see cref="Tls"/>.</summary>
public sealed class ListenOptions
{
    /// <summary>What applications call.</summary>
    public string Data { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Admin API and dashboard; <c>null</c>: none.</summary>
    public string? Admin { get; set; } = "http://127.0.0.1:8081";

    /// <summary>Health and metrics, nothing secret; <c>null</c>: none.</summary>
    public string? Ops { get; set; } = "http://127.0.0.1:8082";

    /// <summary>
    /// Networks and addresses of proxies in front whose <c>X-Forwarded-For</c> is believed. Default none: the client's address is
    /// the connection's.
    /// </summary>
    public IList<string> KnownProxies { get; } = [];

    /// <summary>
    /// Names and addresses, without ports, that <c>Host</c> may name on the data and the admin listener, beside those of
    /// loopback. Default none: any, as long as a key is asked for.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>The certificate of listeners with <c>https://</c>. Default none.</summary>
    public ListenTlsOptions Tls { get; } = new();

    /// <summary>
    /// Origins of web pages that may call the data listener from a browser, as <c>https://app.example.com</c>; <c>*</c>: all.
    /// Default none.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>How many proxies of <see cref="KnownProxies"/> stand one behind the other. Default 1.</summary>
    [Range(1, 16)]
    public int ForwardLimit { get; set; } = 1;

    /// <summary>How long a stopping process waits for streams, in seconds. Default 120.</summary>
    [Range(0, 3600)]
    public int DrainSeconds { get; set; } = 120;

    /// <summary>Silence on a stream after which a comment line is sent, in seconds; 0: never. Default 0.</summary>
    [Range(0, 3600)]
    public int PingSeconds { get; set; }
}

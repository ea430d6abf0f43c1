using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Where gateways tell how far the audit logs are, so that logs that were cut or written anew are found out. The process's own log always hears of it.</summary>
public sealed class AnchorOptions
{
    /// <summary>How often, in seconds, where there is something new. Default 300.</summary>
    [Range(1, 86400)]
    public int PeriodSeconds { get; set; } = 300;

    /// <summary>A directory on another volume than the store, to whose files anchors are only ever added; <c>null</c>: none.</summary>
    public string? Directory { get; set; }

    /// <summary>An http:// or https:// URL that takes each anchor as a POST of JSON; <c>null</c>: none.</summary>
    public string? Url { get; set; }

    /// <summary>A secret reference to what is sent to the URL as a bearer token; <c>null</c>: nothing.</summary>
    [SecretValue]
    public string? UrlToken { get; set; }

    /// <summary>A secret reference to an EC private key in PEM (P-256), with which anchors are signed; <c>null</c>: they are not.</summary>
    [SecretValue]
    public string? SigningKey { get; set; }
}

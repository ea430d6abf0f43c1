using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>One API key of the file.</summary>
public sealed class KeyOptions
{
    /// <summary>For operators.</summary>
    public string Name { get; set; } = "";

    /// <summary>A secret reference, or, in an embedded process, the key itself.</summary>
    [SecretValue]
    public string Key { get; set; } = "";

    /// <summary>Names of roles: <c>admin</c>, <c>editor</c>, <c>viewer</c>, <c>user</c>, or one of <c>Auth:Roles</c>. Default <c>user</c>.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>How long its requests are taken when the gateway fills up: <c>batch</c>, <c>normal</c>, <c>high</c> or <c>critical</c>. Default <c>normal</c>.</summary>
    [AllowedValues("batch", "normal", "high", "critical")]
    public string Priority { get; set; } = "normal";

    /// <summary>Names of permissions beside those of its roles, for example <c>providers.read</c>.</summary>
    public IList<string> Permissions { get; } = [];

    /// <summary>The user it belongs to; <c>null</c>: none.</summary>
    public string? User { get; set; }

    /// <summary>The team it belongs to, which is the tenant; <c>null</c>: its user's, or none.</summary>
    public string? Team { get; set; }

    /// <summary>Patterns of the models that it may use, for example <c>gpt-4o*</c>. Empty: all.</summary>
    public IList<string> Models { get; } = [];

    /// <summary>Regions that may serve it. Empty: all.</summary>
    public IList<string> Regions { get; } = [];

    /// <summary>Its own limits; <c>null</c>: the defaults of <c>RateLimits</c>.</summary>
    public KeyLimitOptions? Limits { get; set; }
}

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

    /// <summary><c>admin</c>, <c>user</c>. Default <c>user</c>.</summary>
    [AllowedValues("admin", "user")]
    public IList<string> Roles { get; } = [];
}

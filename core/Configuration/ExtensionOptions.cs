namespace ProxyCluster.Core.Configuration;

/// <summary>One assembly of the operator's own. In the file a bare string is an entry with that <see cref="Assembly"/>.</summary>
[BareValue(nameof(Assembly))]
public sealed class ExtensionOptions
{
    /// <summary>Its file, a <c>.dll</c>: absolute, or from the configuration file's folder on.</summary>
    public string Assembly { get; set; } = "";

    /// <summary>What it is given when it registers: an object of any shape.</summary>
    [JsonValue]
    public string Settings { get; set; } = "";
}

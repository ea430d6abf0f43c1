namespace ProxyCluster.Core.Configuration;

/// <summary>A region, by the name that processes and providers give as theirs.</summary>
public sealed class RegionOptions
{
    /// <summary>As <c>Region</c> of a process or a provider has it; its case does not count.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it is: <c>latitude,longitude</c> in degrees, for example <c>38.9,-77.4</c>.</summary>
    public string Location { get; set; } = "";
}

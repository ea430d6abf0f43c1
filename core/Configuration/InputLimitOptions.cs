using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Limits on what comes from outside.</summary>
public sealed class InputLimitOptions
{
    /// <summary>A request's body. Default 32 MiB.</summary>
    [Range(1024, 1_073_741_824)]
    public int MaxBodyBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Nesting of a request's JSON. Default 64.</summary>
    [Range(4, 1000)]
    public int MaxJsonDepth { get; set; } = 64;

    /// <summary>Messages of a conversation. Default 4,096.</summary>
    [Range(1, 1_000_000)]
    public int MaxMessages { get; set; } = 4096;

    /// <summary>Tools of a request. Default 512.</summary>
    [Range(1, 100_000)]
    public int MaxTools { get; set; } = 512;

    /// <summary>Answers of one request (<c>n</c>, <c>best_of</c>). Default 8.</summary>
    [Range(1, 128)]
    public int MaxChoices { get; set; } = 8;

    /// <summary>Images of one request (<c>n</c>). Default 10.</summary>
    [Range(1, 128)]
    public int MaxImages { get; set; } = 10;

    /// <summary>The longest answer that a client may ask for (<c>max_tokens</c> and its likes), in tokens; 0: no limit. Default 0.</summary>
    [Range(0, int.MaxValue)]
    public int MaxOutputTokens { get; set; }

    /// <summary>A whole answer from upstream. Default 32 MiB.</summary>
    [Range(1024, 1_073_741_824)]
    public int MaxUpstreamBodyBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>One event of an upstream stream. Default 4 MiB.</summary>
    [Range(1024, 1_073_741_824)]
    public int MaxStreamEventBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Connections to the data listener. Default 10,000. The admin and the ops listener have 256 each.</summary>
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 10_000;
}

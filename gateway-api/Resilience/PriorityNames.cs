using System.Diagnostics;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>Priorities as clients and operators write them.</summary>
internal static class PriorityNames
{
    public static string Of(RequestPriority priority) => priority switch
    {
        RequestPriority.Batch => "batch",
        RequestPriority.Normal => "normal",
        RequestPriority.High => "high",
        RequestPriority.Critical => "critical",
        _ => throw new UnreachableException($"The priority {priority} has no name."),
    };

    /// <summary>Reads a name; <see langword="null"/>: it is none.</summary>
    public static RequestPriority? Read(string? text) => text switch
    {
        "batch" => RequestPriority.Batch,
        "normal" => RequestPriority.Normal,
        "high" => RequestPriority.High,
        "critical" => RequestPriority.Critical,
        _ => null,
    };
}

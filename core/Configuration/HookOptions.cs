using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>A check of requests and answers, which may change texts or withhold all of them.</summary>
public sealed class HookOptions
{
    /// <summary>What checks: <c>redact</c>, <c>guardrail</c>, or a type of one's own.</summary>
    public string Type { get; set; } = "";

    /// <summary>For metrics and logs; <c>null</c>: as the type.</summary>
    public string? Name { get; set; }

    /// <summary>What is checked: <c>request</c>, <c>answer</c> or <c>both</c>.</summary>
    [AllowedValues("both", "request", "answer")]
    public string On { get; set; } = "both";

    /// <summary>Names of models as clients write them, or patterns with one trailing <c>*</c>; empty: all.</summary>
    public IList<string> Models { get; } = [];

    /// <summary>What becomes of what cannot be checked: <c>closed</c> withholds it, <c>open</c> lets it pass.</summary>
    [AllowedValues("closed", "open")]
    public string FailureMode { get; set; } = "closed";

    /// <summary>The longest time for one verdict, in milliseconds.</summary>
    [Range(1, 60_000)]
    public int TimeoutMs { get; set; } = 1000;

    /// <summary>What the type wants to know.</summary>
    [JsonValue]
    public string Settings { get; set; } = "";
}

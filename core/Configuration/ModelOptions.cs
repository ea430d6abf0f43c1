using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>One model of a provider. In the file a bare string is an entry with that <see cref="Id"/>.</summary>
[BareValue(nameof(Id))]
public sealed class ModelOptions
{
    /// <summary>The name clients ask for; a trailing <c>*</c> stands for any ending.</summary>
    public string Id { get; set; } = "";

    /// <summary>The name sent upstream; <c>null</c>: the same.</summary>
    public string? UpstreamId { get; set; }

    /// <summary>Prompt and answer together, in tokens; 0: not known.</summary>
    [Range(0, 1_000_000_000)]
    public int ContextLength { get; set; }

    /// <summary>The longest answer, in tokens; 0: not known.</summary>
    [Range(0, 1_000_000_000)]
    public int MaxOutputTokens { get; set; }

    /// <summary>US dollars for a million prompt tokens; <c>null</c>: not known.</summary>
    [Range(typeof(decimal), "0", "1000000")]
    public decimal? InputCostPerMillion { get; set; }

    /// <summary>US dollars for a million answer tokens; <c>null</c>: not known.</summary>
    [Range(typeof(decimal), "0", "1000000")]
    public decimal? OutputCostPerMillion { get; set; }

    /// <summary>US dollars for a million prompt tokens read from the provider's prompt cache; <c>null</c>: as any prompt token.</summary>
    [Range(typeof(decimal), "0", "1000000")]
    public decimal? CacheReadCostPerMillion { get; set; }

    /// <summary>US dollars for a million prompt tokens written to the provider's prompt cache; <c>null</c>: as any prompt token.</summary>
    [Range(typeof(decimal), "0", "1000000")]
    public decimal? CacheWriteCostPerMillion { get; set; }

    /// <summary>Whether the model thinks before it answers, and so may be silent for <c>ReasoningTimeoutSeconds</c>; <c>null</c>: as its name says.</summary>
    public bool? Reasoning { get; set; }

    /// <summary>
    /// <c>chat</c>, <c>completions</c>, <c>embeddings</c>, <c>tools</c>, <c>vision</c>, <c>json</c>, <c>streaming</c>; empty: all of
    /// these, and <c>responses</c> at services known for it. Only where they are named: <c>images</c>, <c>audio</c>, <c>moderations</c>,
    /// <c>rerank</c>.
    /// </summary>
    [AllowedValues("chat", "completions", "embeddings", "tools", "vision", "json", "streaming", "responses", "images", "audio", "moderations", "rerank")]
    public IList<string> Capabilities { get; } = [];
}

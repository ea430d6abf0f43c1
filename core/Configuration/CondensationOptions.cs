using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>When conversations are condensed so that they fit, and how (SPEC section 4).</summary>
public sealed class CondensationOptions
{
    /// <summary>Whether a conversation that does not fit its model is condensed without being asked to. Default false: it is refused.</summary>
    public bool Automatic { get; set; }

    /// <summary>How, where neither the request nor its model says: <c>hybrid</c>, <c>structural</c>, <c>temporal</c> or <c>semantic</c>. Default <c>hybrid</c>.</summary>
    [AllowedValues("hybrid", "structural", "temporal", "semantic")]
    public string Strategy { get; set; } = "hybrid";

    /// <summary>
    /// Whether conversations that are condensed by themselves keep the same beginning from turn to turn, so that the provider's
    /// prompt cache goes on hitting. Default true; false: each turn keeps what its own question asks for.
    /// </summary>
    public bool Rolling { get; set; } = true;

    /// <summary>Turns that a conversation is expected to go on for, to tell whether the cache lost is worth the tokens saved. Default 8.</summary>
    [Range(1, 1000)]
    public int ExpectedTurns { get; set; } = 8;

    /// <summary>Tokens of a model's context that are kept free for an answer whose length the client does not bound; at most a quarter of it. Default 4,096.</summary>
    [Range(1, 1_000_000)]
    public int AnswerTokens { get; set; } = 4096;

    /// <summary>As <c>AnswerTokens</c>, of models that think before they answer: their thoughts take of the same room. The larger of the two counts. Default 25,000, as OpenAI advises.</summary>
    [Range(1, 1_000_000)]
    public int ReasoningAnswerTokens { get; set; } = 25_000;

    /// <summary>The longest time that choosing what stays may take, in milliseconds. Default 2,000.</summary>
    [Range(1, 60_000)]
    public int TimeLimitMs { get; set; } = 2000;

    /// <summary>The largest request that is condensed, in bytes of its body. Default 8 MiB.</summary>
    [Range(1024, 1_073_741_824)]
    public int MaxBodyBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>The model or alias that writes summaries for <c>semantic</c>, asked in the caller's name and at its cost; <c>null</c>: none, sentences are chosen instead.</summary>
    public string? SummaryModel { get; set; }

    /// <summary>The longest time that all summaries of a conversation may take, in milliseconds. Default 10,000.</summary>
    [Range(1, 300_000)]
    public int SummaryTimeLimitMs { get; set; } = 10_000;

    /// <summary>Words to look for beside the English ones, by language (<c>de</c>, <c>ja</c>, any name). Default none.</summary>
    public IDictionary<string, CondensationWordOptions> Words { get; } = new Dictionary<string, CondensationWordOptions>(StringComparer.Ordinal);

    /// <summary>What is different for a model or an alias, by its name as clients write it or as <c>provider/model</c>. Default: nothing.</summary>
    public IDictionary<string, CondensationModelOptions> Models { get; } = new Dictionary<string, CondensationModelOptions>(StringComparer.Ordinal);
}

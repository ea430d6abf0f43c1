using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>One model, or a pattern of models, that a provider serves.</summary>
[GenerateSerializer, Immutable, Alias("pc.model-definition")]
public sealed record ModelDefinition
{
    /// <summary>The name clients ask for, or a pattern with one trailing <c>*</c> (<c>*</c> alone serves every name).</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The name sent upstream; <see langword="null"/>: the name that was asked for.</summary>
    [Id(1)] public string? UpstreamId { get; init; }

    /// <summary>Prompt and answer together, in tokens; 0: not known.</summary>
    [Id(2)] public int ContextLengthTokens { get; init; }

    /// <summary>The longest answer, in tokens; 0: not known.</summary>
    [Id(3)] public int MaxOutputTokens { get; init; }

    /// <summary>US dollars for a million prompt tokens; <see langword="null"/>: not known.</summary>
    [Id(4)] public decimal? InputCostPerMillion { get; init; }

    /// <summary>US dollars for a million answer tokens; <see langword="null"/>: not known.</summary>
    [Id(5)] public decimal? OutputCostPerMillion { get; init; }

    /// <summary>What the model can be asked for.</summary>
    [Id(6)] public ModelCapabilities Capabilities { get; init; } = DefaultCapabilities;

    /// <summary>US dollars for a million prompt tokens read from the provider's prompt cache; <see langword="null"/>: as any prompt token.</summary>
    [Id(7)] public decimal? CacheReadCostPerMillion { get; init; }

    /// <summary>US dollars for a million prompt tokens written to the provider's prompt cache; <see langword="null"/>: as any prompt token.</summary>
    [Id(8)] public decimal? CacheWriteCostPerMillion { get; init; }

    /// <summary>Whether the model thinks before it answers, and so may be silent for longer; <see langword="null"/>: as its name says.</summary>
    [Id(9)] public bool? Reasoning { get; init; }

    /// <summary>What a model is taken to be able to do where configuration is silent: every kind of chat, completion and embedding its provider's adapter can.</summary>
    public const ModelCapabilities DefaultCapabilities =
        ModelCapabilities.Chat | ModelCapabilities.Completions | ModelCapabilities.Embeddings | ModelCapabilities.Tools
        | ModelCapabilities.Vision | ModelCapabilities.Json | ModelCapabilities.Streaming;

    /// <summary>What a model has only where its entry says so: routes whose requests and answers are passed on unread.</summary>
    public const ModelCapabilities DeclaredCapabilities =
        ModelCapabilities.Images | ModelCapabilities.Audio | ModelCapabilities.Moderations | ModelCapabilities.Rerank;

    /// <summary>Whether <see cref="Id"/> stands for many names.</summary>
    public bool IsPattern => Id.EndsWith('*');

    /// <summary>Whether this entry serves <paramref name="model"/>. Names are compared exactly.</summary>
    /// <param name="model">The name without a provider prefix.</param>
    public bool Serves(ReadOnlySpan<char> model) =>
        IsPattern ? model.StartsWith(Id.AsSpan(0, Id.Length - 1), StringComparison.Ordinal) : model.SequenceEqual(Id);
}

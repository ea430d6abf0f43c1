using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>Where things are in a whole answer of a <c>custom_ai</c> provider, as paths that <see cref="JsonPath"/> reads.</summary>
[GenerateSerializer, Immutable, Alias("pc.custom-answer-mapping")]
public sealed record CustomAnswerMapping
{
    /// <summary>The answer's text.</summary>
    [Id(0)] public required string Text { get; init; }

    /// <summary>Why it ended; <see langword="null"/>: not told.</summary>
    [Id(1)] public string? Finish { get; init; }

    /// <summary>What the provider's words for that mean, by word; those that it lacks are taken as OpenAI's.</summary>
    [Id(2)] public ImmutableArray<FinishWord> FinishWords { get; init; } = [];

    /// <summary>Tokens of the prompt; <see langword="null"/>: not told.</summary>
    [Id(3)] public string? PromptTokens { get; init; }

    /// <summary>Tokens of the answer; <see langword="null"/>: not told.</summary>
    [Id(4)] public string? CompletionTokens { get; init; }

    /// <summary>The answer's id; <see langword="null"/>: it has none.</summary>
    [Id(5)] public string? Id { get; init; }

    /// <summary>The message of an error, in bodies of any status and in streams; <see langword="null"/>: none.</summary>
    [Id(6)] public string? Error { get; init; }

    /// <summary>The model's calls; <see langword="null"/>: it has none.</summary>
    [Id(7)] public CustomCallMapping? Calls { get; init; }

    /// <summary>Compares words one by one: arrays would be compared by where they are in memory.</summary>
    public bool Equals(CustomAnswerMapping? other) =>
        other is not null && (Text, Finish, PromptTokens, CompletionTokens, Id, Error, Calls)
            == (other.Text, other.Finish, other.PromptTokens, other.CompletionTokens, other.Id, other.Error, other.Calls)
        && FinishWords.SequenceEqual(other.FinishWords);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Text, Finish, PromptTokens, CompletionTokens, Id, Error, FinishWords.Length);
}

/// <summary>One of a provider's words for why an answer ended.</summary>
/// <param name="Word">The provider's.</param>
/// <param name="Meaning"><c>stop</c>, <c>length</c>, <c>tool_calls</c> or <c>content_filter</c>.</param>
[GenerateSerializer, Immutable, Alias("pc.finish-word")]
public readonly record struct FinishWord([property: Id(0)] string Word, [property: Id(1)] string Meaning);

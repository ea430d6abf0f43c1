using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>A condensed conversation, or why there is none.</summary>
public sealed record CondensationResult
{
    private readonly Lazy<string> _text;

    internal CondensationResult(Func<string> write) => _text = new(write);

    /// <summary>What is left, in order.</summary>
    public required ImmutableArray<CondensedMessage> Messages { get; init; }

    /// <summary>The same as one text with headed sections (SPEC section 4). It is written when it is first asked for.</summary>
    public string Text => _text.Value;

    /// <summary>What the conversation took.</summary>
    public required int TokensBefore { get; init; }

    /// <summary>What it takes now: never more than the budget.</summary>
    public required int TokensAfter { get; init; }

    /// <summary>Tokens that a budget must have at least for what stays whole; above the budget: nothing was condensed.</summary>
    public required int Least { get; init; }

    /// <summary>The indices of messages that are gone themselves, and that a message made here tells of or quotes.</summary>
    public ImmutableArray<int> Merged { get; init; } = [];

    /// <summary>Whether the conversation fitted as it was, and is unchanged.</summary>
    public bool IsUnchanged { get; init; }
}

/// <summary>One message of a result.</summary>
/// <param name="Source">The index of the message that it was; -1: it was made here.</param>
/// <param name="Role">Who says it.</param>
/// <param name="Text">Its text; <see langword="null"/>: as it was.</param>
public readonly record struct CondensedMessage(int Source, MessageRole Role, string? Text);

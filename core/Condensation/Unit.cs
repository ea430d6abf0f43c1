namespace ProxyCluster.Core.Condensation;

/// <summary>Messages that stay or go together: one message, or a message that calls tools with all their results.</summary>
/// <param name="First">The index of its first message.</param>
/// <param name="Count">How many messages follow each other in it.</param>
/// <param name="IsPinned">Whether it must stay whole.</param>
/// <param name="IsDivisible">Whether a part of its text may stay.</param>
/// <param name="Tokens">What it takes, the overhead of its messages included.</param>
/// <param name="IsSystem">Whether it is instructions.</param>
/// <param name="IsUser">Whether a user wrote in it, and not only tools.</param>
internal readonly record struct Unit(int First, int Count, bool IsPinned, bool IsDivisible, int Tokens, bool IsSystem, bool IsUser)
{
    /// <summary>The index after its last message.</summary>
    public int End => First + Count;

    /// <summary>The indices of its messages.</summary>
    public IEnumerable<int> Messages => Enumerable.Range(First, Count);

    /// <summary>Whether a user wrote in it beside the results of tools.</summary>
    public bool IsUserAmongTools => IsUser && Count > 1;

    /// <summary>Whether it is what a user wrote, and nothing else.</summary>
    public bool IsUserAlone => IsUser && Count == 1;

    /// <summary>Whether tools are called in it.</summary>
    public bool HasCalls { get; init; }

    /// <summary>Whether it holds thoughts of the model.</summary>
    public bool HasThoughts { get; init; }

    /// <summary>Pictures in it.</summary>
    public int Images { get; init; }

    /// <summary>Files and recordings in it.</summary>
    public int Files { get; init; }

    /// <summary>Its text, its messages one after the other.</summary>
    public string TextIn(IReadOnlyList<ConversationMessage> messages)
    {
        var first = First;
        return Count == 1 ? messages[first].Text : string.Join('\n', Enumerable.Range(first, Count).Select(i => messages[i].Text));
    }

    /// <summary>What it is ranked by: its text, and what its calls name.</summary>
    public string RankedTextIn(IReadOnlyList<ConversationMessage> messages)
    {
        // The calls of a unit stand in its first message.
        var called = messages[First].Called;
        return called.Length == 0 ? TextIn(messages) : $"{called}\n{TextIn(messages)}";
    }

    /// <summary>How long its texts are.</summary>
    public int CharactersIn(IReadOnlyList<ConversationMessage> messages)
    {
        var sum = 0;
        for (var i = First; i < End; i++)
        {
            sum += messages[i].Text.Length;
        }

        return sum;
    }
}

using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>Cuts a conversation where it may be cut: never between a tool call and its result.</summary>
internal static class ConversationUnits
{
    /// <summary>The units in the conversation's order. They hold every message once; the last one stays whole.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="tokens">What each message takes.</param>
    public static ImmutableArray<Unit> Of(IReadOnlyList<ConversationMessage> messages, ReadOnlySpan<int> tokens) => Cut(messages, tokens, messages.Count);

    /// <summary>The units of a conversation's beginning: nothing of it is last, save what a user wrote last.</summary>
    /// <param name="messages">The beginning.</param>
    /// <param name="tokens">What each message takes.</param>
    public static ImmutableArray<Unit> OfHead(IReadOnlyList<ConversationMessage> messages, ReadOnlySpan<int> tokens) => Cut(messages, tokens, int.MaxValue);

    /// <summary>Whether a user wrote a message, and not a tool.</summary>
    public static bool IsUser(ConversationMessage message) => message.Role == MessageRole.User && message.Answers.IsEmpty;

    /// <summary>The index of the last message that a user wrote; -1: there is none.</summary>
    /// <param name="messages">The conversation.</param>
    public static int LastUser(IReadOnlyList<ConversationMessage> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (IsUser(messages[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static ImmutableArray<Unit> Cut(IReadOnlyList<ConversationMessage> messages, ReadOnlySpan<int> tokens, int pinnedEnd)
    {
        var units = ImmutableArray.CreateBuilder<Unit>(messages.Count);
        var lastUser = LastUser(messages);
        var first = 0;
        while (first < messages.Count)
        {
            var end = EndOf(messages, first);
            var (sum, isSystem) = (0, false);
            for (var i = first; i < end; i++)
            {
                sum += tokens[i];
                isSystem |= messages[i].Role == MessageRole.System;
            }

            var message = messages[first];
            var isPinned = isSystem || end == pinnedEnd || (first <= lastUser && lastUser < end);
            var isDivisible = end == first + 1 && !isPinned && !message.IsIndivisible && message.Calls.IsEmpty && message.Answers.IsEmpty;
            units.Add(new Unit(first, end - first, isPinned, isDivisible, sum, isSystem));
            first = end;
        }

        return units.DrainToImmutable();
    }

    // A result without a call before it is no conversation that any provider takes; it stays with what it follows.
    private static int EndOf(IReadOnlyList<ConversationMessage> messages, int first)
    {
        var end = first + 1;
        while (end < messages.Count && !messages[end].Answers.IsEmpty)
        {
            end++;
        }

        return end;
    }
}

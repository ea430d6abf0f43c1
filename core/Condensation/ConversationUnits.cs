using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ProxyCluster.Core.Condensation;

/// <summary>Cuts a conversation where it may be cut: never between a tool call and its result.</summary>
internal static class ConversationUnits
{
    /// <summary>The units in the conversation's order. They hold every message once; the last one stays whole.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="tokens">What each message takes.</param>
    public static ImmutableArray<Unit> Of(IReadOnlyList<ConversationMessage> messages, ReadOnlySpan<int> tokens)
    {
        var units = Cut(messages, tokens, messages.Count);
        PinLast(units, messages);
        RunningThoughts.Pin(units.AsSpan(), GoesOn(units));
        return ImmutableCollectionsMarshal.AsImmutableArray(units);
    }

    /// <summary>The units of a conversation's beginning: nothing of it is last, save what a user wrote last.</summary>
    /// <param name="messages">The beginning.</param>
    /// <param name="tokens">What each message takes.</param>
    /// <param name="follows">Who speaks after it: unless a user does, its last turn goes on.</param>
    public static ImmutableArray<Unit> OfHead(IReadOnlyList<ConversationMessage> messages, ReadOnlySpan<int> tokens, MessageRole follows)
    {
        var units = Cut(messages, tokens, int.MaxValue);
        RunningThoughts.Pin(units.AsSpan(), follows != MessageRole.User);
        return ImmutableCollectionsMarshal.AsImmutableArray(units);
    }

    /// <summary>What a user wrote last; empty: nothing.</summary>
    /// <param name="messages">The conversation.</param>
    public static string LastUserText(IReadOnlyList<ConversationMessage> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (IsUser(messages[i]))
            {
                return messages[i].OwnText ?? messages[i].Text;
            }
        }

        return "";
    }

    private static bool IsUser(ConversationMessage message) =>
        message.Role == MessageRole.User && (message.Answers.IsEmpty || message.OwnText is not null);

    private static Unit[] Cut(IReadOnlyList<ConversationMessage> messages, ReadOnlySpan<int> tokens, int pinnedEnd)
    {
        var units = new List<Unit>(messages.Count);
        var first = 0;
        while (first < messages.Count)
        {
            var end = EndOf(messages, first);
            var (sum, isSystem, isUser, images, files) = (0, false, false, 0, 0);
            for (var i = first; i < end; i++)
            {
                sum += tokens[i];
                isSystem |= messages[i].Role == MessageRole.System;
                isUser |= IsUser(messages[i]);
                images += messages[i].Images;
                files += messages[i].Files;
            }

            var message = messages[first];
            var isDivisible = end == first + 1 && !message.IsIndivisible && message.Calls.IsEmpty && message.Answers.IsEmpty;
            units.Add(new Unit(first, end - first, isSystem || end == pinnedEnd, isDivisible, sum, isSystem, isUser)
            {
                HasCalls = end > first + 1 || !message.Calls.IsEmpty,
                HasThoughts = message.HasThoughts,
                Images = images,
                Files = files,
            });
            first = end;
        }

        var cut = units.ToArray();
        PinLastUser(cut);
        return cut;
    }

    // Results of tools that the model is to go on from may stand before instructions.
    private static void PinLast(Unit[] units, IReadOnlyList<ConversationMessage> messages)
    {
        if (LastSpeaking(units) is >= 0 and var last && (units[last].Count > 1 || messages[units[last].First].HasResults))
        {
            units[last] = units[last] with { IsPinned = true };
        }
    }

    private static bool GoesOn(Unit[] units) => LastSpeaking(units) is >= 0 and var last && (units[last].HasCalls || units[last].HasThoughts);

    private static int LastSpeaking(Unit[] units) => Array.FindLastIndex(units, static unit => !unit.IsSystem);

    // What came with results of tools may be a remark on them: the last that came alone is what the tools are at work for.
    private static void PinLastUser(Unit[] units)
    {
        var isFound = false;
        for (var i = units.Length - 1; i >= 0; i--)
        {
            if (!units[i].IsUser || (isFound && units[i].IsUserAmongTools))
            {
                continue;
            }

            units[i] = units[i] with { IsPinned = true };
            if (!units[i].IsUserAmongTools)
            {
                return;
            }

            isFound = true;
        }
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

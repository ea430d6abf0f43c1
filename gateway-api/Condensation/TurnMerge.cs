using System.Buffers;
using System.Collections.Immutable;
using ProxyCluster.Core.Condensation;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// Makes one turn of several by the same side that stand next to each other since those between them are gone: Anthropic
/// takes turns by turns, and so do the templates of many models behind Chat Completions.
/// </summary>
internal static class TurnMerge
{
    /// <summary>
    /// What is left where turns become one. The model's thoughts come first in its turn, or its provider refuses it: what
    /// would stand before them goes.
    /// </summary>
    /// <param name="layout">As the conversation came.</param>
    /// <param name="messages">What is left of it otherwise.</param>
    public static ImmutableArray<CondensedMessage> WithoutLost(ConversationLayout layout, ImmutableArray<CondensedMessage> messages)
    {
        if (layout.Operation == InferenceOperation.Condense || !layout.Messages.Any(static message => message.HasThoughts))
        {
            return messages;
        }

        var left = ImmutableArray.CreateBuilder<CondensedMessage>(messages.Length);
        for (var i = 0; i < messages.Length;)
        {
            var end = i + CountFrom(layout, messages, i);
            var first = end - 1;
            while (first > i && !HasThoughts(layout, messages[first]))
            {
                first--;
            }

            left.AddRange(messages.AsSpan(first, end - first));
            i = end;
        }

        return left.Count == messages.Length ? messages : left.DrainToImmutable();
    }

    /// <summary>A result that tells of <see cref="WithoutLost"/>.</summary>
    public static CondensationResult Told(ConversationLayout layout, CondensationResult result)
    {
        var left = WithoutLost(layout, result.Messages);
        return left == result.Messages ? result : result with
        {
            Messages = left,
            TokensAfter = result.TokensAfter - result.Messages.Except(left).Sum(message => layout.TokensOf(message)),
        };
    }

    /// <summary>How many messages become one with the message at a place, itself included.</summary>
    /// <param name="layout">As the conversation came.</param>
    /// <param name="messages">What is left of it.</param>
    /// <param name="first">The place.</param>
    public static int CountFrom(ConversationLayout layout, ImmutableArray<CondensedMessage> messages, int first)
    {
        var end = first + 1;
        while (end < messages.Length && messages[end].Role == messages[first].Role && MayMerge(layout, messages[end - 1], messages[end]))
        {
            end++;
        }

        return end - first;
    }

    /// <summary>Writes messages as one.</summary>
    /// <param name="layout">As the conversation came.</param>
    /// <param name="messages">Those that become one, at least two.</param>
    /// <param name="output">Takes it.</param>
    public static void Write(ConversationLayout layout, ReadOnlySpan<CondensedMessage> messages, IBufferWriter<byte> output)
    {
        output.Write(messages[0].Role == MessageRole.Assistant ? "{\"role\":\"assistant\",\"content\":"u8 : "{\"role\":\"user\",\"content\":"u8);
        if (layout.Operation == InferenceOperation.Messages)
        {
            WriteBlocks(layout, messages, output);
        }
        else
        {
            WriteJoined(layout, messages, output);
        }

        output.Write("}"u8);
    }

    private static bool HasThoughts(ConversationLayout layout, in CondensedMessage message) => message.Source >= 0 && layout.Messages[message.Source].HasThoughts;

    private static bool MayMerge(ConversationLayout layout, in CondensedMessage one, in CondensedMessage next) =>
        one.Role is MessageRole.User or MessageRole.Assistant && layout.Operation != InferenceOperation.Responses
            && (layout.Operation == InferenceOperation.Messages || (layout.IsByTurnsTo(Math.Max(one.Source, next.Source)) && IsPlain(layout, one) && IsPlain(layout, next)));

    // Of Chat Completions only what is a string and no more: what else a message may hold has its place in a message of its own.
    private static bool IsPlain(ConversationLayout layout, in CondensedMessage message)
    {
        if (message.Source < 0)
        {
            return true;
        }

        var laid = layout.Messages[message.Source];
        var bytes = layout.Body.Span[laid.Bytes];
        return !laid.Message.IsIndivisible && laid.Message.Name is null && laid.Message.Calls.IsEmpty
            && ItemCopy.ContentOf(bytes) is var content && !content.Equals(default) && bytes[content][0] == (byte)'"' && !bytes[content].SequenceEqual("\"\""u8);
    }

    private static void WriteJoined(ConversationLayout layout, ReadOnlySpan<CondensedMessage> messages, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        for (var i = 0; i < messages.Length; i++)
        {
            output.Write(i > 0 ? "\\n\\n"u8 : default);
            output.Write(StringOf(layout, messages[i])[1..^1]);
        }

        output.Write("\""u8);
    }

    private static void WriteBlocks(ConversationLayout layout, ReadOnlySpan<CondensedMessage> messages, IBufferWriter<byte> output)
    {
        output.Write("["u8);
        var isFirst = true;
        foreach (var message in messages)
        {
            var blocks = BlocksOf(layout, message);
            if (blocks.IsEmpty)
            {
                continue;
            }

            output.Write(isFirst ? default : ","u8);
            isFirst = false;
            output.Write(blocks);
        }

        output.Write("]"u8);
    }

    // Without their brackets.
    private static ReadOnlySpan<byte> BlocksOf(ConversationLayout layout, in CondensedMessage message)
    {
        var content = ContentOf(layout, message);
        if (content is [(byte)'[', ..])
        {
            return content[1..^1].Trim(" \t\r\n"u8);
        }

        if (content.Length <= 2)
        {
            return default;
        }

        byte[] block = [.. "{\"type\":\"text\",\"text\":"u8, .. content, (byte)'}'];
        return block;
    }

    private static ReadOnlySpan<byte> StringOf(ConversationLayout layout, in CondensedMessage message) =>
        ContentOf(layout, message) is [(byte)'"', ..] content ? content : "\"\""u8;

    private static ReadOnlySpan<byte> ContentOf(ConversationLayout layout, in CondensedMessage message)
    {
        if (message.Source < 0)
        {
            return Quoted(message.Text!);
        }

        var item = layout.Body.Span[layout.Messages[message.Source].Bytes];
        if (message.Text is null)
        {
            return item[ItemCopy.ContentOf(item)];
        }

        // With the form and the marks that its content had.
        var changed = new ArrayBufferWriter<byte>();
        ItemCopy.Write(item, message.Text, changed);
        return changed.WrittenSpan[ItemCopy.ContentOf(changed.WrittenSpan)];
    }

    private static ReadOnlySpan<byte> Quoted(string text)
    {
        var output = new ArrayBufferWriter<byte>();
        ItemCopy.WriteText(text, output);
        return output.WrittenSpan;
    }
}

using System.Buffers;
using System.Collections.Immutable;
using ProxyCluster.Core.Condensation;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// Writes a body again with a condensed conversation. Everything else, and every message that stays whole, is copied byte
/// for byte. Turns of one side that have come to stand next to each other become one where the dialect takes them in turn.
/// </summary>
internal static class CondensedBody
{
    /// <summary>Writes the whole body.</summary>
    /// <param name="layout">As it came.</param>
    /// <param name="messages">What is left.</param>
    public static byte[] Write(ConversationLayout layout, ImmutableArray<CondensedMessage> messages)
    {
        var body = layout.Body.Span;
        var output = new ArrayBufferWriter<byte>(body.Length);
        output.Write(body[..layout.List.Start.Value]);
        WriteList(layout, messages, keepsTimestamps: false, output);
        output.Write(body[layout.List.End.Value..]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the messages as one list.</summary>
    /// <param name="layout">As it came.</param>
    /// <param name="messages">What is left.</param>
    /// <param name="keepsTimestamps">Whether messages that stay whole keep their timestamps: not where a provider reads them.</param>
    /// <param name="output">Takes the list.</param>
    public static void WriteList(
        ConversationLayout layout, ImmutableArray<CondensedMessage> messages, bool keepsTimestamps, IBufferWriter<byte> output)
    {
        messages = TurnMerge.WithoutLost(layout, messages);
        output.Write("["u8);
        var isFirst = true;
        for (var i = 0; i < messages.Length;)
        {
            var count = layout.Operation == InferenceOperation.Condense ? 1 : TurnMerge.CountFrom(layout, messages, i);
            output.Write(isFirst ? default : ","u8);
            isFirst = false;
            if (count == 1)
            {
                WriteOne(layout, messages[i], keepsTimestamps, output);
            }
            else
            {
                TurnMerge.Write(layout, messages.AsSpan(i, count), output);
            }

            i += count;
        }

        output.Write("]"u8);
    }

    private static void WriteOne(ConversationLayout layout, in CondensedMessage message, bool keepsTimestamps, IBufferWriter<byte> output)
    {
        if (message.Source < 0)
        {
            ItemCopy.WriteMade(message.Text!, output);
            return;
        }

        var laid = layout.Messages[message.Source];
        var bytes = layout.Body.Span[laid.Bytes];
        if (message.Text is null && (keepsTimestamps || !laid.HasTimestamp))
        {
            output.Write(bytes);
            return;
        }

        ItemCopy.Write(bytes, message.Text, output);
    }
}

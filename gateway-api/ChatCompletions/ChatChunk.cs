using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>What the chunks of chats and of text completions have in common.</summary>
internal static class ChatChunk
{
    /// <summary>How each chunk of a stream begins, up to the members that tell it from the others.</summary>
    /// <param name="kind">The value of <c>object</c>.</param>
    /// <param name="idJson">The answer's id, a JSON string.</param>
    /// <param name="modelJson">The model, a JSON string.</param>
    /// <param name="now">When it was made.</param>
    public static byte[] HeadOf(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> modelJson, DateTimeOffset now)
    {
        var head = new ArrayBufferWriter<byte>(192);
        head.Write("data: {\"id\":"u8);
        head.Write(idJson);
        head.Write(",\"object\":\""u8);
        head.Write(kind);
        head.Write("\",\"created\":"u8);
        JsonText.WriteNumber(now.ToUnixTimeSeconds(), head);
        head.Write(",\"model\":"u8);
        head.Write(modelJson);
        head.Write(","u8);
        return head.WrittenSpan.ToArray();
    }

    /// <summary>Writes the last chunk, which has usage and no choices.</summary>
    /// <param name="head">From <see cref="HeadOf"/>.</param>
    /// <param name="usage">Tokens billed.</param>
    /// <param name="costDollars">What they cost; <see langword="null"/>: not known.</param>
    /// <param name="output">Takes the chunk.</param>
    public static void WriteUsage(ReadOnlySpan<byte> head, in TokenUsage usage, decimal? costDollars, IBufferWriter<byte> output)
    {
        output.Write(head);
        output.Write("\"choices\":[],\"usage\":"u8);
        using (var json = new Utf8JsonWriter(output))
        {
            ChatUsage.Write(json, usage, costDollars);
        }

        output.Write("}\n\n"u8);
    }
}

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Gemini's thought signatures. From Gemini 3 on, the first call of each step of the current turn must come back with
/// the one it was given. Chat Completions keeps it with the call; other dialects with the thoughts, where it is marked,
/// since another provider's must never be sent here.
/// </summary>
internal static class GeminiSignature
{
    /// <summary>What Google has clients send with calls that no Gemini made, or whose signature is lost.</summary>
    public const string Unknown = "skip_thought_signature_validator";

    private const string Mark = ThoughtSignature.Gemini;

    /// <summary>A signature as it is given out with thoughts.</summary>
    public static string ToReasoning(string signature) => Mark + signature;

    /// <summary>Writes a signature as it is given out with thoughts, as a JSON string.</summary>
    /// <param name="json">The signature as a JSON string, quotes included.</param>
    /// <param name="output">Takes the string.</param>
    public static void WriteReasoning(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        output.Write("\"gemini:"u8);
        output.Write(json[1..]);
    }

    /// <summary>Takes the mark off; a signature without it is not Gemini's.</summary>
    public static bool TryFromReasoning(string? marked, [NotNullWhen(true)] out string? signature)
    {
        signature = marked?.StartsWith(Mark, StringComparison.Ordinal) == true ? marked[Mark.Length..] : null;
        return signature is not null;
    }
}

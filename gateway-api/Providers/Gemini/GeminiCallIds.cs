using System.Buffers;
using System.Globalization;
using System.Text;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Names for calls that Gemini gave none, made from the answer's own id: the same for a whole answer and a stream, and
/// different in every answer of a conversation.
/// </summary>
internal static class GeminiCallIds
{
    // OpenAI takes no longer ones, and a conversation may go on there.
    private const int MostIdCharacters = 30;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <param name="responseId">The answer's id; <see langword="null"/>: it has none.</param>
    public static string PrefixOf(string? responseId) =>
        responseId is { Length: > 0 and <= MostIdCharacters } && !responseId.AsSpan().ContainsAnyExcept(Plain)
            ? $"call_{responseId}_"
            : $"call_{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..24]}_";

    /// <param name="prefix">Of the answer.</param>
    /// <param name="call">The call's number in it.</param>
    public static string Make(string prefix, int call) => prefix + call.ToString(CultureInfo.InvariantCulture);

    /// <summary>The same as a JSON string.</summary>
    /// <param name="prefix">Of the answer.</param>
    /// <param name="call">The call's number in it.</param>
    /// <param name="output">Takes the string.</param>
    public static void WriteQuoted(string prefix, int call, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        output.Advance(Encoding.ASCII.GetBytes(prefix, output.GetSpan(prefix.Length)));
        JsonText.WriteNumber(call, output);
        output.Write("\""u8);
    }
}

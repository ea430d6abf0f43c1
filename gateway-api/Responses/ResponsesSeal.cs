using System.Text;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>
/// What stands in <c>encrypted_content</c>: in answers that the gateway writes a signature with its maker's mark, so that
/// it is known when it comes back; without a mark it is that of a provider that speaks Responses itself.
/// </summary>
internal static class ResponsesSeal
{
    /// <summary>A signature as it goes out.</summary>
    /// <param name="json">As the provider's adapter tells it: a JSON string.</param>
    public static byte[] OfSignature(ReadOnlySpan<byte> json) =>
        ThoughtSignature.IsMarked(JsonText.Inner(json)) ? json.ToArray() : Mark(ThoughtSignature.Claude, json);

    /// <summary>Thoughts that were encrypted whole, as they go out.</summary>
    /// <inheritdoc cref="OfSignature"/>
    public static byte[] OfRedacted(ReadOnlySpan<byte> json) => Mark(ThoughtSignature.ClaudeRedacted, json);

    /// <summary>The signature that came back, as adapters know it.</summary>
    /// <param name="content">The member; <see langword="null"/>: not there.</param>
    /// <param name="id">The item's id.</param>
    /// <param name="isRedacted">Whether it is the thoughts themselves.</param>
    public static string? Open(string? content, string? id, out bool isRedacted)
    {
        isRedacted = content?.StartsWith(ThoughtSignature.ClaudeRedacted, StringComparison.Ordinal) == true;
        return content switch
        {
            null or "" => null,
            _ when isRedacted => content[ThoughtSignature.ClaudeRedacted.Length..],
            _ when content.StartsWith(ThoughtSignature.Claude, StringComparison.Ordinal) => content[ThoughtSignature.Claude.Length..],
            _ when ThoughtSignature.IsMarked(Encoding.UTF8.GetBytes(content)) => content,
            _ => id is null ? null : $"{ThoughtSignature.OpenAi}{id}.{content}",
        };
    }

    private static byte[] Mark(string mark, ReadOnlySpan<byte> json) => [(byte)'"', .. Encoding.ASCII.GetBytes(mark), .. JsonText.Inner(json), (byte)'"'];
}

using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>
/// Whose a signature of thoughts is. A provider refuses a request with thoughts that it has not signed, and clients send
/// back what they were given to whichever provider answers next. So a signature is marked with its maker wherever it goes
/// out in another dialect than the maker's own; Claude's stays as it is in Messages, and is the same at Anthropic and on
/// every platform that serves Claude.
/// </summary>
internal static class ThoughtSignature
{
    /// <summary>Before a signature of Gemini's.</summary>
    public const string Gemini = "gemini:";

    /// <summary>Before the id and the content of an encrypted item of Responses.</summary>
    public const string OpenAi = "openai.";

    /// <summary>Before one of Claude's, where it goes out in Responses.</summary>
    public const string Claude = "claude:";

    /// <summary>Before thoughts that Claude has encrypted whole, where they go out in Responses.</summary>
    public const string ClaudeRedacted = "claude-redacted:";

    private static readonly byte[][] Marks = [.. new[] { Gemini, OpenAi, Claude, ClaudeRedacted }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Whether it may be sent to Claude: it is there, and no other maker's.</summary>
    public static bool IsClaudes([NotNullWhen(true)] string? signature) =>
        signature is { Length: > 0 }
        && !signature.StartsWith(Gemini, StringComparison.Ordinal)
        && !signature.StartsWith(OpenAi, StringComparison.Ordinal);

    /// <summary>Whether a JSON string's text begins with a mark.</summary>
    public static bool IsMarked(ReadOnlySpan<byte> text)
    {
        foreach (var mark in Marks)
        {
            if (text.StartsWith(mark))
            {
                return true;
            }
        }

        return false;
    }
}

namespace ProxyCluster.Core.Tokens;

/// <summary>Characters of scripts that set no blanks between words, and of Hangul, with their punctuation: all that takes three bytes of UTF-8 from U+2E80 on.</summary>
internal static class EastAsian
{
    /// <summary>The first of them.</summary>
    public const char First = '\u2E80';

    /// <summary>Whether a character is one.</summary>
    public static bool Is(char c) => c >= First && !char.IsSurrogate(c);
}

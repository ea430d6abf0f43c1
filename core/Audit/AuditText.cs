using System.Globalization;
using System.Text;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.Core.Audit;

/// <summary>
/// Makes any text fit for an audit record: no control characters (they would forge lines or drive a terminal), nothing that
/// looks like a key, and no more than its place holds.
/// </summary>
public static class AuditText
{
    /// <summary>The longest id, name or code, in bytes of JSON.</summary>
    public const int MostIdBytes = 128;

    /// <summary>The longest sentence, in bytes of JSON.</summary>
    public const int MostTextBytes = 1024;

    private const char Replacement = '.';

    // What is cut before it is searched can hold no more than this: the search is linear, but not free.
    private const int MostSearched = 4096;

    /// <summary>Cleans and cuts a text.</summary>
    /// <param name="text">Whoever wrote it.</param>
    /// <param name="mostBytes">How long it may be as JSON, where a character outside of ASCII takes six bytes.</param>
    public static string Clean(string text, int mostBytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        var searched = text.Length > MostSearched ? text[..MostSearched] : text;
        var hidden = SecretPatterns.Redact(searched);
        var clean = new StringBuilder(Math.Min(hidden.Length, mostBytes));
        var bytes = 0;
        foreach (var rune in hidden.EnumerateRunes())
        {
            var shown = IsHarmless(rune) ? rune : new Rune(Replacement);
            bytes += BytesOf(shown);
            if (bytes > mostBytes)
            {
                break;
            }

            clean.Append(shown.ToString());
        }

        return clean.ToString();
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    // As Utf8JsonWriter escapes: what is no plain ASCII, and what HTML takes amiss, as \uXXXX for each half of a pair.
    private static int BytesOf(Rune rune) => rune.Value switch
    {
        '"' or '\\' or '<' or '>' or '&' or '+' or '\'' or '`' => 6,
        < 0x7f => 1,
        > 0xffff => 12,
        _ => 6,
    };
}
